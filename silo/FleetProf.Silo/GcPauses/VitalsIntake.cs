using FleetProf.AgentProtocol;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses;

/// <summary>Takes vitals of agents: live previews into the live fleet, finished windows into the trend store.</summary>
public sealed partial class VitalsIntake
{
    /// <summary>Finished windows of a batch; what follows is dropped. Agents send no more than 200 together.</summary>
    internal const int MostFinished = 2_000;

    private readonly TrendTable table;
    private readonly LiveVitals live;
    private readonly InstanceOwners owners;
    private readonly LateArrivals late;
    private readonly NewInstanceBudget budget;
    private readonly TimeProvider clock;
    private readonly ILogger<VitalsIntake> logger;

    internal VitalsIntake(TrendTable table, LiveVitals live, InstanceOwners owners, LateArrivals late, TimeProvider clock, ILogger<VitalsIntake> logger)
    {
        this.table = table;
        this.live = live;
        this.owners = owners;
        this.late = late;
        budget = new NewInstanceBudget(clock);
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>
    /// Finished windows are durable when it returns, so that the caller may acknowledge the batch. Idempotent by (instance, window).
    /// What cannot be stored whatever is tried (no window at all, an instance of another agent) or would fill the store (more windows than a batch holds,
    /// more invented instances than an agent has room for) is dropped and logged, never refused: the agent would send it for ever.
    /// </summary>
    public async Task AcceptAsync(string agentId, VitalsBatch batch, CancellationToken cancellationToken = default)
    {
        var leftOut = new LeftOutWindows();
        var windows = Read(agentId, batch, leftOut);
        live.ShowPreviews(agentId, windows.Where(window => window.Message.Partial));
        if (batch.Sequence != 0)
        {
            await StoreAsync(agentId, batch.Sequence, [.. windows.Where(window => !window.Message.Partial)], leftOut, cancellationToken);
        }

        if (leftOut.Count > 0)
        {
            TrendInstruments.Dropped(leftOut.Count);
            LogLeftOut(leftOut.Count, batch.Windows.Count, agentId, leftOut);
        }
    }

    private async Task StoreAsync(string agentId, ulong sequence, List<ReportedWindow> finished, LeftOutWindows leftOut, CancellationToken cancellationToken)
    {
        var taken = finished.Take(MostFinished).ToList();
        leftOut.Add(finished.Count - taken.Count, $"beyond {MostFinished} of a batch");
        var known = await owners.FindAsync(taken.Select(window => window.Window.InstanceId), cancellationToken);
        var admitted = taken.Select(window => window.Window.InstanceId).Where(id => !known.ContainsKey(id)).Distinct(StringComparer.Ordinal).Take(budget.LeftOf(agentId)).ToList();
        admitted.ForEach(id => known[id] = new InstanceOwner { InstanceId = id, AgentId = agentId });
        var own = taken.Where(window => known.TryGetValue(window.Window.InstanceId, out var owner) && owner.AgentId == agentId).ToList();
        var unknown = taken.Count(window => !known.ContainsKey(window.Window.InstanceId));
        leftOut.Add(unknown, $"of more instances that no inventory named than the {NewInstanceBudget.PerHour} an hour that are taken");
        if (known.Values.FirstOrDefault(owner => owner.AgentId != agentId) is { } foreign)
        {
            leftOut.Add(taken.Count - own.Count - unknown, $"of instances of other agents, such as {foreign.InstanceId} of agent {foreign.AgentId}");
        }

        if (own.Count == 0)
        {
            return;
        }

        late.Add(own);
        var counted = await live.CountedBeforeAsync(own.Select(window => window.Window.InstanceId), cancellationToken);
        var expired = await table.UpsertAsync(own, [.. known.Values.Where(owner => owner.AgentId == agentId)], cancellationToken);
        budget.Spend(agentId, admitted.Count);
        TrendInstruments.Stored(own.Count - expired);
        leftOut.Add(expired, "of a time whose windows have been removed");
        await live.ShowFinishedAsync(agentId, sequence, own, counted, cancellationToken);
    }

    private List<ReportedWindow> Read(string agentId, VitalsBatch batch, LeftOutWindows leftOut)
    {
        var now = clock.GetUtcNow();
        var windows = new List<ReportedWindow>(batch.Windows.Count);
        var ahead = 0;
        foreach (var message in batch.Windows)
        {
            if (ReportedWindow.Read(message, now) is { } window)
            {
                windows.Add(window);
            }
            else if (ReportedWindow.IsAhead(message, now))
            {
                ahead++;
            }
        }

        leftOut.Add(ahead, "that begin more than a day from now (compare the clock of its host with that of the silo)");
        leftOut.Add(batch.Windows.Count - windows.Count - ahead, "that are none, without an instance, a time or a length that can be");
        if (windows.Find(window => window.DroppedSketches > 0) is { } first)
        {
            LogUnreadableSketches(agentId, windows.Sum(window => window.DroppedSketches), first.Window.InstanceId);
        }

        return windows;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped {Count} of {Total} windows that agent {AgentId} sent together: {Reasons}")]
    private partial void LogLeftOut(int count, int total, string agentId, LeftOutWindows reasons);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} sent {Count} unreadable pause sketches, the first of instance {InstanceId}; the sums of the windows were kept. Update the agent, or the silo where the agent is newer")]
    private partial void LogUnreadableSketches(string agentId, int count, string instanceId);
}
