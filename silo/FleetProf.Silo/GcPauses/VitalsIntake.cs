using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses;

/// <summary>Takes vitals of agents: live previews into the live fleet, finished windows into the trend store.</summary>
public sealed partial class VitalsIntake
{
    private readonly TrendTable table;
    private readonly LiveVitals live;
    private readonly InstanceOwners owners;
    private readonly LateArrivals late;
    private readonly TimeProvider clock;
    private readonly ILogger<VitalsIntake> logger;

    internal VitalsIntake(TrendTable table, LiveVitals live, InstanceOwners owners, LateArrivals late, TimeProvider clock, ILogger<VitalsIntake> logger)
    {
        this.table = table;
        this.live = live;
        this.owners = owners;
        this.late = late;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>
    /// Finished windows are durable when it returns, so that the caller may acknowledge the batch. Idempotent by (instance, window).
    /// What cannot be stored whatever is tried (no window at all, an instance of another agent) is dropped and logged, never refused:
    /// the agent would send it for ever.
    /// </summary>
    public async Task AcceptAsync(string agentId, VitalsBatch batch, CancellationToken cancellationToken = default)
    {
        var windows = Read(agentId, batch);
        var finished = batch.Sequence == 0 ? [] : windows.Where(window => !window.Message.Partial).ToList();
        live.ShowPreviews(agentId, windows.Where(window => window.Message.Partial));
        if (finished.Count == 0)
        {
            return;
        }

        var known = await owners.ResolveAsync(agentId, finished.Select(window => window.Window.InstanceId), cancellationToken);
        foreach (var foreign in known.Values.Where(owner => owner.AgentId != agentId))
        {
            LogForeign(agentId, foreign.InstanceId, foreign.AgentId);
        }

        var own = finished.Where(window => known[window.Window.InstanceId].AgentId == agentId).ToList();
        if (own.Count == 0)
        {
            return;
        }

        late.Add(own);
        var counted = await live.CountedBeforeAsync(own.Select(window => window.Window.InstanceId), cancellationToken);
        var expired = await table.UpsertAsync(own, [.. known.Values.Where(owner => owner.AgentId == agentId)], cancellationToken);
        TrendInstruments.Stored(own.Count - expired);
        if (expired > 0)
        {
            TrendInstruments.Dropped(expired);
            LogTooLate(agentId, expired);
        }

        await live.ShowFinishedAsync(agentId, batch.Sequence, own, counted, cancellationToken);
    }

    private List<ReportedWindow> Read(string agentId, VitalsBatch batch)
    {
        var now = clock.GetUtcNow();
        var windows = new List<ReportedWindow>(batch.Windows.Count);
        foreach (var message in batch.Windows)
        {
            var window = ReportedWindow.Read(message, now);
            if (window is null)
            {
                TrendInstruments.Dropped(1);
                LogNoWindow(agentId, message.InstanceId.Length, message.WindowStartUnixMs, message.WindowMs);
                continue;
            }

            if (window.DroppedSketches > 0)
            {
                LogUnreadableSketches(agentId, window.Window.InstanceId, window.DroppedSketches);
            }

            windows.Add(window);
        }

        return windows;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} sent windows of instance {InstanceId}, which belongs to agent {OwnerId}; they were dropped")]
    private partial void LogForeign(string agentId, string instanceId, string ownerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} sent something that is no window (instance id of {IdLength} characters, start {StartMs}, length {WindowMs} ms); it was dropped")]
    private partial void LogNoWindow(string agentId, int idLength, long startMs, long windowMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} sent {Count} windows of a time whose windows have been removed; they were dropped")]
    private partial void LogTooLate(string agentId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} sent {Count} unreadable pause sketches of instance {InstanceId}; the sums of the window were kept. Update the agent, or the silo where the agent is newer")]
    private partial void LogUnreadableSketches(string agentId, string instanceId, int count);
}
