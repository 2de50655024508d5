using System.Threading.Channels;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Gateway.Agents;
using Grpc.Core;

namespace FleetProf.Silo.Gateway;

/// <summary>Brings the frames of one session to where they belong, each kind in a lane of its own, and acknowledges what is durable.</summary>
internal sealed partial class FrameDispatch
{
    private const int VitalsTries = 5;
    private const int ResultTries = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly AgentSession session;
    private readonly FrameSinks sinks;
    private readonly IGrainFactory grains;

    /// <summary>Asked for once: finding out what kind of grain an interface names costs more than a call of one.</summary>
    private readonly IAgentGrain agent;
    private readonly Func<CancellationToken, Task> attachAgain;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly FrameLane<Inventory> inventories;
    private readonly FrameLane<VitalsBatch> vitals;
    private readonly FrameLane<VitalsBatch> previews;
    private readonly FrameLane<CaptureProgress> progress;
    private readonly FrameLane<CaptureResult> results;
    private readonly FrameLane<Heartbeat> heartbeats;
    private readonly Lock gate = new();
    private TaskCompletionSource inventoriesTried = Done();

    public FrameDispatch(AgentSession session, FrameSinks sinks, IGrainFactory grains, Func<CancellationToken, Task> attachAgain, TimeProvider clock, ILogger logger)
    {
        (this.session, this.sinks, this.grains, this.attachAgain, this.clock, this.logger) = (session, sinks, grains, attachAgain, clock, logger);

        agent = grains.GetGrain<IAgentGrain>(session.AgentId);

        // Where only the newest counts, older ones give way; where everything counts, a full lane holds the agent back.
        inventories = new(1, BoundedChannelFullMode.DropOldest, StoreInventoryAsync);
        vitals = new(32, BoundedChannelFullMode.Wait, StoreVitalsAsync);
        previews = new(4, BoundedChannelFullMode.DropOldest, (batch, token) => RepeatAsync("preview", 1, () => this.sinks.Vitals(session.AgentId, batch, token), token));
        progress = new(16, BoundedChannelFullMode.DropOldest, ReportProgressAsync);
        results = new(64, BoundedChannelFullMode.Wait, ReportResultAsync);
        heartbeats = new(1, BoundedChannelFullMode.DropOldest, BeatAsync);
    }

    /// <summary>Handles what is posted until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        inventories.RunAsync(cancellationToken),
        vitals.RunAsync(cancellationToken),
        previews.RunAsync(cancellationToken),
        progress.RunAsync(cancellationToken),
        results.RunAsync(cancellationToken),
        heartbeats.RunAsync(cancellationToken),
        TellCampaignsAsync(session.RunningCaptures, cancellationToken));

    /// <summary>Captures that the agent had before this session; set before <see cref="RunAsync"/>.</summary>
    public IReadOnlyList<string> HandedOut { get; set; } = [];

    public ValueTask PostAsync(AgentFrame frame, CancellationToken cancellationToken)
    {
        GatewayInstruments.Received(frame.BodyCase);
        switch (frame.BodyCase)
        {
            case AgentFrame.BodyOneofCase.Inventory:
                return PostInventoryAsync(frame.Inventory, cancellationToken);
            case AgentFrame.BodyOneofCase.Vitals:
                return (frame.Vitals.Sequence == 0 ? previews : vitals).PostAsync(frame.Vitals, cancellationToken);
            case AgentFrame.BodyOneofCase.Progress:
                return progress.PostAsync(frame.Progress, cancellationToken);
            case AgentFrame.BodyOneofCase.Result:
                return results.PostAsync(frame.Result, cancellationToken);
            case AgentFrame.BodyOneofCase.Heartbeat:
                // Here and not in its lane, where it may wait.
                sinks.Clock(session.AgentId, frame.Heartbeat.ClockUnixMs, clock.GetUtcNow());
                return heartbeats.PostAsync(frame.Heartbeat, cancellationToken);
            case AgentFrame.BodyOneofCase.Hello:
                session.End(StatusCode.InvalidArgument, "Hello was sent twice. Open a new session instead.");
                return ValueTask.CompletedTask;
            default:
                // A kind that only newer agents know.
                return ValueTask.CompletedTask;
        }
    }

    private ValueTask PostInventoryAsync(Inventory inventory, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            inventoriesTried = inventoriesTried.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : inventoriesTried;
            return inventories.PostAsync(inventory, cancellationToken);
        }
    }

    /// <summary>Until it worked or a newer one waits: nobody would send it again.</summary>
    private Task StoreInventoryAsync(Inventory inventory, CancellationToken cancellationToken) => RepeatAsync(
        "inventory",
        int.MaxValue,
        async () =>
        {
            try
            {
                await sinks.Inventory(session.Hello, session.SessionId, inventory, cancellationToken);
            }
            finally
            {
                lock (gate)
                {
                    if (!inventories.HasNext)
                    {
                        inventoriesTried.TrySetResult();
                    }
                }
            }
        },
        cancellationToken,
        () => inventories.HasNext);

    private async Task StoreVitalsAsync(VitalsBatch batch, CancellationToken cancellationToken)
    {
        // The inventory sent before says whose windows these are.
        await inventoriesTried.Task.WaitAsync(cancellationToken);
        if (await RepeatAsync("vitals", VitalsTries, () => sinks.Vitals(session.AgentId, batch, cancellationToken), cancellationToken))
        {
            session.TrySend(new ServerFrame { VitalsAck = new VitalsAck { Sequence = batch.Sequence } });
        }
        else
        {
            // An acknowledgement covers everything before it, so a later batch must not be taken instead.
            session.End(StatusCode.Unavailable, "Vitals cannot be stored now. Keep them and reconnect later.");
        }
    }

    private async Task ReportProgressAsync(CaptureProgress report, CancellationToken cancellationToken)
    {
        if (Frames.CampaignOf(report.CaptureId) is { } campaignId)
        {
            await RepeatAsync("progress", 1, () => grains.GetGrain<ICampaignGrain>(campaignId).ReportProgressAsync(Frames.ToReport(session.AgentId, report)), cancellationToken);
        }
    }

    private async Task ReportResultAsync(CaptureResult result, CancellationToken cancellationToken)
    {
        if (await RepeatAsync("result", ResultTries, () => TellResultAsync(result), cancellationToken))
        {
            session.TrySend(new ServerFrame { ResultAck = new ResultAck { CaptureId = result.CaptureId, Attempt = result.Attempt } });
        }
    }

    /// <summary>A stale or unknown capture counts as told: the agent may forget it.</summary>
    private async Task TellResultAsync(CaptureResult result)
    {
        var report = Frames.ToReport(session.AgentId, result);
        if (Frames.CampaignOf(report.CaptureId) is { } campaignId)
        {
            await grains.GetGrain<ICampaignGrain>(campaignId).ReportResultAsync(report);
        }

        await agent.CaptureEndedAsync(report.CaptureId, report.Attempt);
        session.CaptureEnded(CapturePlace.Key(report.CaptureId, report.Attempt));
    }

    private Task BeatAsync(Heartbeat heartbeat, CancellationToken cancellationToken) => RepeatAsync(
        "heartbeat",
        1,
        async () =>
        {
            if (!await agent.HeartbeatAsync(session.SessionId))
            {
                await attachAgain(cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>A campaign whose capture is not among the running ones learns that it got lost.</summary>
    private Task TellCampaignsAsync(IReadOnlyList<string> running, CancellationToken cancellationToken) => Task.WhenAll(
        running.Concat(HandedOut).Distinct(StringComparer.Ordinal)
            .GroupBy(key => Frames.CampaignOf(key.Split('#')[0]), StringComparer.Ordinal)
            .Where(campaign => campaign.Key is not null)
            .Select(campaign => RepeatAsync(
                "attached",
                ResultTries,
                () => grains.GetGrain<ICampaignGrain>(campaign.Key!).AgentAttachedAsync(session.AgentId, [.. campaign.Intersect(running, StringComparer.Ordinal)]),
                cancellationToken)));

    /// <summary>False when it failed every time, or became obsolete.</summary>
    private async Task<bool> RepeatAsync(string kind, int tries, Func<Task> work, CancellationToken cancellationToken, Func<bool>? isObsolete = null)
    {
        var wait = FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return true;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                GatewayInstruments.Failed(kind);
                LogFailed(exception, kind, session.AgentId, attempt);
            }

            if (attempt >= tries || isObsolete?.Invoke() == true)
            {
                return false;
            }

            await Task.Delay(wait, clock, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not handle {Kind} of agent {AgentId} (try {Attempt})")]
    private partial void LogFailed(Exception exception, string kind, string agentId, int attempt);
}
