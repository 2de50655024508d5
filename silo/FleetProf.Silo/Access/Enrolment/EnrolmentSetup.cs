using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Certificates;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Composition of enrolment, certificates and callers.</summary>
internal static class EnrolmentSetup
{
    /// <summary>A token, a request for a certificate of 8 KiB at most, names of a host. Strangers ask, and agents that are shut out: what they send is parsed before anybody looks whose it is.</summary>
    private const int MaxRequestBytes = 16 * 1024;

    public static void AddEnrolment(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<EnrolmentOptions>, EnrolmentOptionsValidation>();
        services.AddOptions<EnrolmentOptions>().BindConfiguration(EnrolmentOptions.Section).ValidateOnStart();
        services.AddEnrolmentParts();
        services.AddSingleton<AuthorityCheck>();
        services.AddHostedService<StandingStart>();
        services.AddHostedService(provider => provider.GetRequiredService<AgentRefusals>());
    }

    /// <summary>All but the options and what runs by itself.</summary>
    public static IServiceCollection AddEnrolmentParts(this IServiceCollection services)
    {
        services.AddSingleton<AgentRefusals>();
        services.AddSingleton<AccessLog>();
        services.AddSingleton<JoinTokenTable>();
        services.AddSingleton<EnrolledTable>();
        services.AddSingleton<CertificateAuthority>();
        services.AddSingleton<AgentTls>();
        services.AddSingleton<EnrolmentLimit>();
        services.AddSingleton<Joining>();
        services.AddSingleton<LiveCallers>();
        services.AddSingleton<ShutOutAgents>();
        services.AddSingleton<StandingWatch>();
        services.AddSingleton<AuthorityWatch>();
        services.AddSingleton<AgentCallGate>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EnrolmentEndpoint>(provider, Random.Shared));
        services.AddSingleton<RenewalEndpoint>();
        services.Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<AgentCallGate>());
        services.AddGrpc()
            .AddServiceOptions<EnrolmentEndpoint>(grpc => grpc.MaxReceiveMessageSize = MaxRequestBytes)
            .AddServiceOptions<RenewalEndpoint>(grpc => grpc.MaxReceiveMessageSize = MaxRequestBytes);
        return services;
    }

    /// <summary>Makes the authority where there is none yet, which <see cref="AuthorityCheck"/> has let pass; nothing when enrolment is off.</summary>
    /// <exception cref="IOException">The authority's files cannot be used.</exception>
    public static void MapEnrolment(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<EnrolmentOptions>>().Value.IsOn)
        {
            _ = app.Services.GetRequiredService<CertificateAuthority>();
            app.MapGrpcService<EnrolmentEndpoint>();
            app.MapGrpcService<RenewalEndpoint>();
        }
    }
}
