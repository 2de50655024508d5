using FleetProf.Agent.Access;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace FleetProf.Agent.Hosting;

/// <summary>The parts of the agent.</summary>
internal static partial class AgentSetup
{
    public static void AddAgent(this HostApplicationBuilder builder)
    {
        AddLogs(builder.Logging);
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<AgentOptions>, AgentOptionsValidation>();
        services.AddOptions<AgentOptions>().Bind(builder.Configuration.GetSection(AgentOptions.Section));
        // A host that has joined knows its silo.
        if (builder.Configuration[$"{AgentOptions.Section}:{nameof(AgentOptions.Silo)}"] is null)
            services.PostConfigure<AgentOptions>(options => options.Silo = JoinedSilo(options.StateFolder) ?? options.Silo);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AgentOptions>>().Value);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => OpenStateFolder(provider));
        AddDiscovery(services);
        AddControl(services);
        services.AddCaptures();
        services.AddSingleton<PartsWatch>();
        services.AddHostedService<AgentRun>();
        services.AddHostedService<FreedMemoryWatch>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = AgentRun.StopLimit);
        if (builder.Configuration.GetValue(ParentWatch.Key, false)) services.AddHostedService<ParentWatch>();
    }

    private static StateFolder OpenStateFolder(IServiceProvider provider)
    {
        var folder = new StateFolder(provider.GetRequiredService<AgentOptions>().StateFolder);
        // The host's owner may have his reasons; what is secret in it is in files that others cannot read.
        if (folder.Exposure is { } reason) LogExposed(provider.GetRequiredService<ILogger<StateFolder>>(), folder.Root, reason);
        return folder;
    }

    private static string? JoinedSilo(string stateFolder)
    {
        try
        {
            return Enrolment.Peek(stateFolder)?.Silo;
        }
        catch (IOException error)
        {
            // As a problem of the options it is reported with all others.
            throw new InvalidOperationException(error.Message, error);
        }
    }

    private static void AddLogs(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddConsole(console => console.FormatterName = ShortConsoleFormatter.Key)
            .AddConsoleFormatter<ShortConsoleFormatter, ConsoleFormatterOptions>();
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Error);
    }

    private static void AddDiscovery(IServiceCollection services)
    {
        services.AddSingleton(provider => new LocalPolicy(
            provider.GetRequiredService<AgentOptions>().PolicyFile, provider.GetRequiredService<StateFolder>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LocalPolicy>>()));
        services.AddSingleton(provider => new InstanceDirectory(provider.GetRequiredService<LocalPolicy>()));
        services.AddSingleton(provider => new IgnoredPrograms(provider.GetRequiredService<AgentOptions>().Ignore ?? IgnoredPrograms.Default, provider.GetRequiredService<AgentOptions>().Only));
        services.AddSingleton(provider => HostIdentity.Read(provider.GetRequiredService<AgentIdentity>().AgentId, provider.GetRequiredService<AgentOptions>().HostName));
        services.AddSingleton<ProcessExamination>();
        services.AddSingleton<ProcessScan>();
    }

    private static void AddControl(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<SiloChannel>().Enrolment is { } enrolment
            ? new AgentIdentity(enrolment.AgentId, "")
            : AgentIdentity.ReadOrCreate(provider.GetRequiredService<StateFolder>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<AgentOptions>();
            return new SiloChannel(options, options.Silo.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? Enrolment.Read(provider.GetRequiredService<StateFolder>()) : null, Random.Shared);
        });
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<CertificateRenewal>(provider, new Random()));
        services.AddSingleton<Func<AgentGateway.AgentGatewayClient>>(provider => () => provider.GetRequiredService<SiloChannel>().Client);
        services.AddSingleton(provider => new ControlOutbox(provider.GetRequiredService<TimeProvider>(), new Random().NextDouble()));
        services.AddSingleton<IControlOutput>(provider => provider.GetRequiredService<ControlOutbox>());
        services.AddSingleton(provider => new VitalsSpool(
            provider.GetRequiredService<StateFolder>().Folder("vitals"), provider.GetRequiredService<AgentOptions>(), provider.GetRequiredService<ILogger<VitalsSpool>>()));
        services.AddSingleton<LivedTime>();
        services.AddSingleton<IVitalsOutput, VitalsRelay>();
        services.AddSingleton(provider => new VitalsCollector(provider.GetRequiredService<IVitalsOutput>(), provider.GetRequiredService<TimeProvider>(), new Random()));
        services.AddSingleton<GoCollector>();
        services.AddSingleton(provider => new ReconnectDelay(provider.GetRequiredService<SiloChannel>().IsLoopback, new Random()));
        services.AddSingleton<HelloFrame>();
        services.AddSingleton<ControlSession>();
        services.AddSingleton<ControlLoop>();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other users of this host may get into the state folder {Folder}: {Reason}")]
    private static partial void LogExposed(ILogger logger, string folder, string reason);
}
