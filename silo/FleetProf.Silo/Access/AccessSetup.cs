using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Calls;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Access.People;

namespace FleetProf.Silo.Access;

/// <summary>Composition of Access. <see cref="AccessGrain"/> is found by Orleans, its parts come with Hosting and Storage.</summary>
public static class AccessSetup
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        builder.Services.AddEnrolment();
        builder.Services.AddPeople();
        builder.Services.AddSingleton<CallSubjects>();
        builder.Services.AddSingleton<IIncomingGrainCallFilter, CallGate>();
        return builder;
    }

    /// <summary>Credentials and the audit log; the gate before every grain stands in a silo of its own process only.</summary>
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddSingleton<CredentialTable>();
        services.AddSingleton(_ => new PasswordDesk());
        services.AddSingleton<AccountTable>();
        services.AddSingleton<StandingGrants>();
        services.AddSingleton<CallerRefusals>();
        services.AddSingleton<AuditTable>();
        services.AddSingleton<ArtifactReads>();
        services.AddSingleton<NamelessRefusals>();
        return services;
    }

    /// <summary>Where hosts join and agents renew.</summary>
    /// <exception cref="IOException">The certificate authority's files cannot be used.</exception>
    public static WebApplication MapAccess(this WebApplication app)
    {
        app.MapEnrolment();
        return app;
    }
}
