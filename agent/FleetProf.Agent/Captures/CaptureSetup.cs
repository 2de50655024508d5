using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Upload;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetProf.Agent.Captures;

/// <summary>Composition of Captures.</summary>
public static class CaptureSetup
{
    /// <summary>
    /// Adds the <see cref="CaptureDesk"/>. Expects in the container: IControlOutput, InstanceDirectory, LocalPolicy, VitalsCollector,
    /// AgentIdentity, TimeProvider and a Func&lt;AgentGateway.AgentGatewayClient&gt; that gives the client of the silo in use.
    /// </summary>
    public static IServiceCollection AddCaptures(this IServiceCollection services)
    {
        services.AddSingleton(provider => new CaptureHolds(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider =>
        {
            var directory = provider.GetRequiredService<InstanceDirectory>();
            var policy = provider.GetRequiredService<LocalPolicy>();
            var holds = provider.GetRequiredService<CaptureHolds>();
            return new CaptureDeskSeams
            {
                Output = provider.GetRequiredService<IControlOutput>(),
                Vitals = provider.GetRequiredService<VitalsCollector>(),
                Find = directory.Find,
                ProblemOf = directory.ProblemOf,
                Refuse = policy.Refuse,
                RestOf = policy.RestOf,
                Forbid = policy.Forbid,
                RefuseStall = policy.RefuseStall,
                RefuseHeld = holds.Refuse,
                IsHeld = holds.IsHeld,
                Started = policy.Started,
                Fired = policy.Fired,
            };
        });
        services.AddSingleton(provider => new ArtifactUpload(
            provider.GetRequiredService<Func<AgentGateway.AgentGatewayClient>>(),
            provider.GetRequiredService<AgentIdentity>(),
            new RetryPause(provider.GetRequiredService<TimeProvider>(), new Random()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ArtifactUpload>>()));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<AgentOptions>>().Value;
            var logger = provider.GetRequiredService<ILogger<CaptureDesk>>();
            return new CaptureDesk(
                CaptureJournal.Open(options.StateFolder, logger),
                new ArtifactSpool(Path.Combine(options.StateFolder, "artifacts"), options.ArtifactSpoolBytes, options.ReserveBytes),
                provider.GetRequiredService<ArtifactUpload>(),
                provider.GetRequiredService<CaptureDeskSeams>(),
                provider.GetRequiredService<TimeProvider>(),
                logger);
        });
        return services;
    }
}
