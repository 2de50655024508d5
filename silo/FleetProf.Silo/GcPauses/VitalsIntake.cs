using FleetProf.AgentProtocol;

namespace FleetProf.Silo.GcPauses;

/// <summary>Takes vitals of agents: live previews into the live fleet, finished windows into the trend store.</summary>
public sealed class VitalsIntake
{
    /// <summary>Finished windows are durable when it returns, so that the caller may acknowledge the batch. Idempotent by (instance, window).</summary>
    public Task AcceptAsync(string agentId, VitalsBatch batch, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
