using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace FleetProf.Agent;

/// <summary>The parts of the agent.</summary>
internal static class AgentSetup
{
    public static void AddAgent(this HostApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        services.AddOptions<AgentOptions>().Bind(builder.Configuration.GetSection(AgentOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AgentOptions>>().Value);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<LocalPolicy>();
        services.AddSingleton(provider => new InstanceDirectory(provider.GetRequiredService<LocalPolicy>()));
        services.AddSingleton(provider => new IgnoredPrograms(provider.GetRequiredService<AgentOptions>().Ignore ?? IgnoredPrograms.Default));
        services.AddSingleton(_ => HostIdentity.Read("unknown"));
        services.AddSingleton<ProcessExamination>();
        services.AddSingleton<ProcessScan>();
        services.AddSingleton<IVitalsOutput, VitalsRelay>();
        services.AddSingleton(provider => new VitalsCollector(provider.GetRequiredService<IVitalsOutput>(), provider.GetRequiredService<TimeProvider>(), new Random()));
        services.AddSingleton<CaptureDesk>();
        services.AddHostedService<AgentRun>();
    }
}
