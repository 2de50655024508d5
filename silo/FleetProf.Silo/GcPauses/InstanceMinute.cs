using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.GcPauses;

/// <summary>The last minute of one instance: six finished windows and the running one. By the clock of its host, so that a skew does no harm. Not thread-safe.</summary>
internal sealed class InstanceMinute(long gcCount)
{
    private const long LengthMs = 60_000;

    private readonly SortedList<long, PauseWindow> finished = [];
    private PauseWindow? preview;
    private ulong latestBatch;
    private long gcCount = gcCount;
    private DateTimeOffset? lastGcAt;
    private double lastPauseMs;
    private long lastHeapBytes;

    /// <summary>Start of the latest finished window; windows up to it are in the GC count.</summary>
    public long LatestMs { get; private set; } = long.MinValue;

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>As the live fleet had it when news of it came last; null before.</summary>
    public Instance? Instance { get; private set; }

    /// <summary>When that was. News that come after it has left the live fleet do not count.</summary>
    public DateTimeOffset LiveAt { get; private set; }

    /// <summary>Since when its agent has been here without a break, as <see cref="Fleet.LiveFleet.HereSince"/> tells, when the last window came; 0: not known.</summary>
    public long Arrival { get; set; }

    /// <summary>There is news of an instance that is in the live fleet.</summary>
    public void NoteLive(Instance instance, DateTimeOffset now) => (Instance, LiveAt) = (instance, now);

    /// <summary>Takes a finished window of the batch with this number. True: it is later than all before, so that nobody has counted it.</summary>
    public bool Finish(ReportedWindow reported, ulong batch, DateTimeOffset now)
    {
        var window = reported.Window;

        // An agent numbers its batches as it lives them, sends what it kept in that order, and sends again under the number of before. So a
        // higher number than the latest window's is later, and with an earlier begin the host's clock was set back in between; a window that
        // comes late or again has a lower one. No clock is asked: the skew is right only some heartbeats later. Nor is a preview: one that is
        // newer than the backlog behind it moves nothing, and one of a clock that was set back is shown after the first window of its time.
        if (batch > latestBatch && LatestMs > window.StartMs + LengthMs)
        {
            BeginAgainAt(window.StartMs);
        }

        if (preview is not null && preview.StartMs <= window.StartMs)
        {
            // Its last GC was timed when the preview told of it.
            NoteGc(reported, window.GcCount > (preview.StartMs == window.StartMs ? preview.GcCount : 0) ? EndOf(window, now) : null);
            preview = null;
        }
        else
        {
            NoteGc(reported, EndOf(window, now));
        }

        var isLatest = window.StartMs > LatestMs;
        if (isLatest)
        {
            gcCount += window.GcCount;
            (LatestMs, latestBatch) = (window.StartMs, batch);
        }

        finished[window.StartMs] = window;
        while (finished.Count > 0 && finished.Values[0].EndMs <= LatestMs + PauseWindow.LengthMs - LengthMs)
        {
            finished.RemoveAt(0);
        }

        UpdatedAt = now;
        return isLatest;
    }

    public void Preview(ReportedWindow reported, DateTimeOffset now)
    {
        var window = reported.Window;
        if (window.StartMs <= LatestMs)
        {
            return;
        }

        NoteGc(reported, window.GcCount > (preview?.StartMs == window.StartMs ? preview.GcCount : 0) ? now : null);
        preview = window;
        UpdatedAt = now;
    }

    /// <summary>Takes a count of the trend store that includes all finished windows, also those that came late or again.</summary>
    public void SetGcCount(long stored) => gcCount = stored;

    public InstanceVitals ToVitals()
    {
        var minute = new TrendStep(0, "");
        var windows = finished.Values.ToList();
        if (preview is not null)
        {
            // CPU of a running window is of the part that has passed.
            windows.Add(preview with { WindowMs = Math.Max(1, preview.ObservedMs) });
        }

        minute.Add([.. windows]);
        return new InstanceVitals
        {
            UpdatedAt = UpdatedAt,
            LastPauseMs = lastPauseMs,
            LastGcAt = lastGcAt,
            PauseP99Ms = minute.PauseQuantile(0.99) ?? 0,
            MaxPauseMs = minute.MaxPauseMs,
            TimeInGcPercent = minute.TimeInGcPercent,
            HeapBytes = minute.HeapBytes(heap => heap.Total) ?? lastHeapBytes,
            AllocatedBytesPerSecond = minute.AllocatedBytesPerSecond,
            WorkingSetBytes = minute.WorkingSetBytes ?? 0,
            CpuCores = minute.CpuCores,
            GcCount = gcCount + (preview?.GcCount ?? 0),
            IsUnwatched = minute.ObservedMs == 0,
        };
    }

    /// <summary>What was shown lies ahead now, and would hide what comes for as long as the clock was set back.</summary>
    private void BeginAgainAt(long startMs)
    {
        finished.Clear();
        preview = null;
        LatestMs = long.MinValue;
        var begin = DateTimeOffset.FromUnixTimeMilliseconds(startMs);
        lastGcAt = lastGcAt > begin ? begin : lastGcAt;
    }

    private void NoteGc(ReportedWindow reported, DateTimeOffset? gcAt)
    {
        var window = reported.Window;
        lastHeapBytes = window.Heap?.Total ?? lastHeapBytes;
        if (window.GcCount == 0 && window.MaxPauseMs == 0)
        {
            return;
        }

        lastPauseMs = window.StartMs >= LatestMs ? window.MaxPauseMs : lastPauseMs;
        if (gcAt is not null && (lastGcAt is null || gcAt > lastGcAt))
        {
            lastGcAt = gcAt;
        }
    }

    private static DateTimeOffset EndOf(PauseWindow window, DateTimeOffset now)
    {
        var end = DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs);
        return end < now ? end : now;
    }
}
