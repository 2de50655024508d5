using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Control;

/// <summary>
/// The one that writes to a session's stream: inventory, heartbeats, frames, windows from the spool in order, previews last.
/// Windows stay in the spool until acknowledged; only so many are under way at once. New ones wait for this agent's turn
/// (<see cref="ControlOutbox.WindowDelay"/>), those of before the session go at once, unless the silo has a whole fleet to take in first. A heartbeat goes with them where it can: one packet instead of two.
/// </summary>
internal sealed partial class SessionWriter(
    IClientStreamWriter<AgentFrame> stream, ControlOutbox outbox, VitalsSpool spool, InstanceDirectory directory, TimeProvider time, ILogger logger)
{
    /// <summary>A silo takes 4 MiB, and ends the session over more: the same would come with the next one.</summary>
    internal const int MaxFrameBytes = 3_500_000;

    private const int BatchesUnderWay = 16;

    /// <summary>Windows that waited go together: a frame and its acknowledgement cost the silo as much as many windows.</summary>
    private const int WindowsTogether = 60;

    /// <summary>Of a message in a list, beside its own bytes.</summary>
    private const int HeadBytes = 8;

    /// <summary>What a list that is too large does without, in this order.</summary>
    private static readonly Action<Instance>[] Cuts = [instance => instance.CommandLine = "", instance => instance.GcSettings.Clear(), instance => instance.Labels.Clear()];

    private static readonly TimeSpan InventoryRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    /// <summary>Whatever the silo wishes: who looks at this host wants to see it.</summary>
    private static readonly TimeSpan LongestKeep = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ShortestBeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultBeat = TimeSpan.FromSeconds(15);
    private static readonly WriteOptions WithTheNext = new(WriteFlags.BufferHint);

    private readonly Lock gate = new();
    private readonly Queue<ulong> underWay = [];
    private ulong sent = spool.Acknowledged;
    private long waitingSince;
    private volatile bool isHeartbeatDue = true;
    private HeartbeatTurn turn = new(DefaultBeat, time);
    private long? inventoryStamp;
    private int leftOut;

    /// <summary>The first window that waits for its turn; null when none does.</summary>
    private ulong? heldFrom;

    /// <summary>All windows wait until the fleet is back.</summary>
    private bool areKept;

    /// <summary>Why the writer gave up; empty when it did not.</summary>
    public string Complaint { get; private set; } = "";

    /// <summary>Writes until <paramref name="finish"/>, and then returns between two frames; <paramref name="abort"/> ends a write under way.</summary>
    public async Task RunAsync(TimeSpan heartbeat, TimeSpan keep, CancellationToken finish, CancellationToken abort)
    {
        if (keep > TimeSpan.Zero)
        {
            lock (gate) areKept = true;
            After(keep < LongestKeep ? keep : LongestKeep, Free);
        }

        using var beat = CancellationTokenSource.CreateLinkedTokenSource(finish);
        turn = new HeartbeatTurn(heartbeat == TimeSpan.Zero ? DefaultBeat : heartbeat < ShortestBeat ? ShortestBeat : heartbeat, time);
        var beating = BeatAsync(beat.Token);
        spool.Added += Hold;
        try
        {
            while (!finish.IsCancellationRequested)
            {
                await WriteWhatWaitsAsync(abort);
                if (IsSilent()) return;
                await outbox.WaitAsync(finish);
            }
        }
        catch (OperationCanceledException) when (finish.IsCancellationRequested)
        {
        }
        finally
        {
            spool.Added -= Hold;
            await beat.CancelAsync();
            await beating;
        }
    }

    public void OnAcknowledged(ulong sequence)
    {
        lock (gate)
        {
            while (underWay.TryPeek(out var oldest) && oldest <= sequence) underWay.Dequeue();
            waitingSince = time.GetTimestamp();
        }
        outbox.Signal();
    }

    /// <summary>At the end of the session: nothing waits for its turn any more.</summary>
    public Task WriteTheRestAsync(CancellationToken cancellationToken)
    {
        lock (gate) (heldFrom, areKept) = (null, false);
        return WriteWhatWaitsAsync(cancellationToken);
    }

    private async Task WriteWhatWaitsAsync(CancellationToken cancellationToken)
    {
        await WriteInventoryAsync(cancellationToken);
        if (isHeartbeatDue) await WriteHeartbeatAsync(null, cancellationToken);
        while (outbox.TryTakeFrame(out var frame)) await stream.SendAsync(frame, cancellationToken);
        while (NextBatch() is { } batch)
        {
            if (turn.IsSoon) await WriteHeartbeatAsync(WithTheNext, cancellationToken);
            await stream.SendAsync(new AgentFrame { Vitals = batch }, cancellationToken);
        }
        if (outbox.TakePreviews() is { } previews) await stream.SendAsync(new AgentFrame { Vitals = previews }, cancellationToken);
    }

    private void Hold(ulong sequence)
    {
        var delay = outbox.WindowDelay;
        lock (gate)
        {
            if (heldFrom is not null) return;
            if (delay > TimeSpan.Zero)
            {
                heldFrom = sequence;
                After(delay, Release);
                return;
            }
        }
        outbox.Signal();
    }

    private void Release()
    {
        lock (gate) heldFrom = null;
        outbox.Signal();
    }

    private void Free()
    {
        lock (gate) areKept = false;
        outbox.Signal();
    }

    private void After(TimeSpan delay, Action act) =>
        _ = Task.Delay(delay, time, CancellationToken.None).ContinueWith(_ => act(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private VitalsBatch? NextBatch()
    {
        lock (gate)
        {
            if (areKept || underWay.Count >= BatchesUnderWay || spool.ReadAfter(sent) is not { } batch || batch.Sequence >= heldFrom) return null;
            var bytes = batch.CalculateSize();
            while (spool.ReadAfter(batch.Sequence) is { } next && !(next.Sequence >= heldFrom) && batch.Windows.Count + next.Windows.Count <= WindowsTogether && (bytes += next.CalculateSize()) <= MaxFrameBytes)
                Join(batch, next);
            if (underWay.Count == 0) waitingSince = time.GetTimestamp();
            underWay.Enqueue(sent = batch.Sequence);
            return batch;
        }
    }

    /// <summary>The silo tells by its number whether a window is a later one or comes again, so that each keeps its own; an acknowledgement of the last is one of all.</summary>
    private static void Join(VitalsBatch batch, VitalsBatch next)
    {
        foreach (var window in batch.Windows.Where(window => window.BatchSequence == 0)) window.BatchSequence = batch.Sequence;
        foreach (var window in next.Windows) window.BatchSequence = next.Sequence;
        batch.Windows.Add(next.Windows);
        batch.Sequence = next.Sequence;
    }

    private async Task WriteInventoryAsync(CancellationToken cancellationToken)
    {
        // Many processes that start together are one change.
        if ((inventoryStamp is { } last && time.GetElapsedTime(last) < InventoryRest) || !outbox.TakeInventoryMark()) return;
        inventoryStamp = time.GetTimestamp();
        await stream.SendAsync(new AgentFrame { Inventory = Bounded(directory.Describe()) }, cancellationToken);
        After(InventoryRest, outbox.Signal);
    }

    /// <summary>Messages have a largest size: thousands of processes with long texts do without these, and in the end not all are told.</summary>
    private Inventory Bounded(Inventory inventory)
    {
        foreach (var cut in Cuts)
        {
            if (inventory.CalculateSize() <= MaxFrameBytes) break;
            foreach (var instance in inventory.Instances) cut(instance);
        }
        // Those with the shortest texts: who has endless ones must not push out the others.
        var told = inventory.CalculateSize() <= MaxFrameBytes ? inventory : new Inventory { Instances = { Fitting(inventory.Instances.OrderBy(instance => instance.CalculateSize())) } };
        var missing = inventory.Instances.Count - told.Instances.Count;
        if (missing > 0 && missing != leftOut) LogLeftOut(missing, inventory.Instances.Count);
        leftOut = missing;
        return told;
    }

    /// <summary>The first ones, as many as one frame holds.</summary>
    internal static IReadOnlyList<T> Fitting<T>(IEnumerable<T> messages)
        where T : IMessage
    {
        var room = MaxFrameBytes;
        return [.. messages.TakeWhile(message => (room -= message.CalculateSize() + HeadBytes) >= 0)];
    }

    private bool IsSilent()
    {
        lock (gate)
        {
            if (underWay.Count == 0 || time.GetElapsedTime(waitingSince) < LongestSilence) return false;
            Complaint = $"The silo did not acknowledge vitals for {LongestSilence.TotalSeconds:0} s.";
            return true;
        }
    }

    /// <summary>Makes beats due; one that is due while a window waits for its turn goes with that, unless it would be far too late.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var left = turn.Left(IsHeld());
                if (left <= TimeSpan.Zero)
                {
                    isHeartbeatDue = true;
                    outbox.Signal();
                    left = turn.Interval;
                }
                await Task.Delay(left, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task WriteHeartbeatAsync(WriteOptions? options, CancellationToken cancellationToken)
    {
        isHeartbeatDue = false;
        turn.Take();
        stream.WriteOptions = options;
        await stream.SendAsync(new AgentFrame { Heartbeat = ReadSelf() }, cancellationToken);
        stream.WriteOptions = null;
    }

    private bool IsHeld()
    {
        lock (gate) return heldFrom is not null;
    }

    private Heartbeat ReadSelf() => new()
    {
        ClockUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        AgentCpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        AgentRssBytes = Environment.WorkingSet,
        SpoolBytes = spool.Bytes,
        DroppedWindows = spool.DroppedWindows,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of processes does not fit into one message: {Missing} of {All} are left out, those with the longest names")]
    private partial void LogLeftOut(int missing, int all);
}
