using System.Diagnostics.CodeAnalysis;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>
/// What waits to be written to the silo while a session stands: frames in order, and of previews only the latest of each instance.
/// Thread-safe; one writer takes from it.
/// </summary>
/// <param name="time">Of the pace.</param>
/// <param name="phase">Between 0 and 1, another in every agent: the place of its windows among those of all others.</param>
internal sealed class ControlOutbox(TimeProvider time, double phase = 0) : IControlOutput
{
    private const int MaxFrames = 512;
    private const int MaxPreviews = 10_000;
    private static readonly TimeSpan LongestPace = TimeSpan.FromMinutes(1);

    /// <summary>Of the ticks that make previews.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private readonly Queue<AgentFrame> frames = [];
    private readonly Dictionary<string, VitalsWindow> previews = new(StringComparer.Ordinal);
    private TaskCompletionSource news = NewSignal();
    private bool isOpen;
    private bool isInventoryDue;
    private TimeSpan pace;
    private long? previewsTakenAt;

    public bool TrySend(AgentFrame frame)
    {
        lock (gate)
        {
            if (!isOpen || frames.Count >= MaxFrames) return false;
            frames.Enqueue(frame);
        }
        Signal();
        return true;
    }

    /// <summary>A session stands: takes from now on. The inventory is due at once.</summary>
    public void Open()
    {
        lock (gate) (isOpen, isInventoryDue, pace, previewsTakenAt) = (true, true, TimeSpan.Zero, null);
        Signal();
    }

    /// <summary>The session is over: what waits is thrown away, and nothing is taken.</summary>
    public void Close()
    {
        lock (gate)
        {
            isOpen = false;
            frames.Clear();
            previews.Clear();
        }
    }

    public void MarkInventory()
    {
        lock (gate) isInventoryDue = true;
        Signal();
    }

    public bool TakeInventoryMark()
    {
        lock (gate)
        {
            var wasDue = isInventoryDue;
            isInventoryDue = false;
            return wasDue;
        }
    }

    /// <summary>Previews are worth nothing later: without a session they are not kept.</summary>
    public void Show(IReadOnlyList<VitalsWindow> windows)
    {
        lock (gate)
        {
            if (!isOpen || previews.Count + windows.Count > MaxPreviews) return;
            foreach (var window in windows) previews[window.InstanceId] = window;
        }
        Signal();
    }

    public bool TryTakeFrame([NotNullWhen(true)] out AgentFrame? frame)
    {
        lock (gate) return frames.TryDequeue(out frame);
    }

    /// <summary>A silo with many agents wants previews less often. Until the session ends.</summary>
    public void SetPace(TimeSpan interval)
    {
        lock (gate) pace = interval < LongestPace ? interval : LongestPace;
    }

    /// <summary>How long a window that is finished now waits for this agent's turn.</summary>
    public TimeSpan WindowDelay
    {
        get
        {
            lock (gate) return Control.WindowDelay.Of(pace, phase);
        }
    }

    /// <summary>Null when there are none, or none are due. What does not fit into one frame comes with the next.</summary>
    public VitalsBatch? TakePreviews()
    {
        lock (gate)
        {
            // The collector's next tick, a second later, brings the chance to send what is left here.
            if (previews.Count == 0 || previewsTakenAt is { } taken && time.GetElapsedTime(taken) < pace - Tolerance) return null;
            previewsTakenAt = time.GetTimestamp();
            var batch = new VitalsBatch();
            batch.Windows.Add(SessionWriter.Fitting(previews.Values));
            foreach (var window in batch.Windows) previews.Remove(window.InstanceId);
            return batch;
        }
    }

    /// <summary>Something may be there to write.</summary>
    public void Signal()
    {
        TaskCompletionSource signalled;
        lock (gate) signalled = news;
        signalled.TrySetResult();
    }

    /// <summary>Completes with the next signal, or at once when there was one since the last call. Take what there is only afterwards.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task wait;
        lock (gate) wait = news.Task;
        await wait.WaitAsync(cancellationToken);
        lock (gate)
        {
            if (news.Task.IsCompleted) news = NewSignal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
