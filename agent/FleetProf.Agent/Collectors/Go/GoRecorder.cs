using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Puts collections of a Go program into vitals windows. Each is of the whole heap and runs beside the program: a background collection
/// of generation 2, its two stops the initial and the final pause. Not thread-safe.
/// </summary>
/// <param name="windows">Takes them.</param>
/// <param name="age">How long the process runs by now, good to about a second.</param>
/// <param name="time">The clock.</param>
internal sealed class GoRecorder(VitalsWindowing windows, ProcessAge age, TimeProvider time)
{
    private const long BytesPerMebibyte = 1 << 20;

    // How much earlier, or later, than the process a program may have begun that wrote the log's lines.
    private static readonly TimeSpan StartError = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly long madeAt = time.GetTimestamp();
    private DateTimeOffset? zero;
    private int ownRun;
    private GoGc last;
    private long unplacedBytes;

    /// <summary>Collections in the log that another process made.</summary>
    public long ForeignGcs { get; private set; }

    public long OwnGcs { get; private set; }

    /// <summary>A line of the log, read at <paramref name="now"/>. Lines of another process in the same log are left out.</summary>
    public void Add(in GoGc gc, DateTimeOffset now)
    {
        var start = now - TimeSpan.FromSeconds(gc.EndSeconds);
        // By ages, not by times of the day: the wall clock may have been set since the process started.
        var delay = age.Elapsed + time.GetElapsedTime(madeAt) - TimeSpan.FromSeconds(gc.EndSeconds);
        // A process's own line is never from the future, whatever the numbers of another's beside it make the reader take for one run.
        if (delay < -StartError || (gc.Run != ownRun && delay > LongestDelay + age.Slept))
        {
            ForeignGcs++;
            return;
        }
        // Behind a line of another program the reader begins a new run; the own numbers and times go on all the same.
        var goesOn = ownRun > 0 && gc.Number > last.Number && gc.AtSeconds >= last.AtSeconds;
        if (goesOn && gc.Number - last.Number - 1 is > 0 and var missed) AddMissed(missed, now);
        // A line is read a little late, never early: the smallest difference is the best. A clock that jumps begins anew.
        zero = !goesOn || zero is not { } best || start < best || start > best + LongestDelay ? start : best;
        var ended = zero.Value + TimeSpan.FromSeconds(gc.EndSeconds);
        var allocated = goesOn ? Math.Max(0, gc.HeapAfterMiB - last.LiveMiB) * BytesPerMebibyte : 0;
        (ownRun, last) = (gc.Run, gc);
        OwnGcs++;
        var reason = gc.IsForced ? GcReason.Induced : GcReason.AllocSmall;
        AddPause(gc.Number, PauseKind.BackgroundInitial, reason, gc.SweepTerminationMs, ended - TimeSpan.FromMilliseconds(gc.MarkTerminationMs + gc.ConcurrentMs));
        AddPause(gc.Number, PauseKind.BackgroundFinal, reason, gc.MarkTerminationMs, ended);
        windows.AddGc(new GcRecord
        {
            Number = gc.Number, Generation = 2, Kind = GcKind.Background, Reason = reason, StartTicks = 0, EndTicks = 0,
            PauseMs = gc.PauseMs, SuspendMs = 0, FinalPauseMs = gc.MarkTerminationMs, AllocatedBytes = allocated,
            HasStatistics = true, Statistics = new HeapStatistics(new GenerationBytes(0, 0, gc.LiveMiB * BytesPerMebibyte, 0, 0), 0, 0, 0, 0),
            HasHistory = true, HeapBeforeBytes = gc.HeapAfterMiB * BytesPerMebibyte,
        }, ended);
    }

    /// <summary>
    /// Two looks at MemStats. Of a collection only the sum of both stops is known: it is one pause. The heap is as at the later look,
    /// between two collections.
    /// </summary>
    public void Add(GoPauseDelta delta, GoMemStats stats, DateTimeOffset now)
    {
        if (delta.MissedGcs > 0) AddMissed(delta.MissedGcs, now);
        // Windows count allocation by collections; what was allocated since the last one waits for the next.
        unplacedBytes += delta.AllocatedBytes;
        var forced = delta.ForcedGcs;
        for (var i = 0; i < delta.Pauses.Count; i++)
        {
            var pause = delta.Pauses[i];
            var isNewest = i == delta.Pauses.Count - 1;
            // Which ones were forced is not said: the newest are taken, and their number is right.
            var reason = delta.Pauses.Count - i <= forced ? GcReason.Induced : GcReason.AllocSmall;
            var ended = pause.Ended > now ? now : pause.Ended;
            OwnGcs++;
            AddPause((int)pause.Number, PauseKind.Blocking, reason, pause.PauseMs, ended);
            windows.AddGc(new GcRecord
            {
                Number = (int)pause.Number, Generation = 2, Kind = GcKind.Background, Reason = reason, StartTicks = 0, EndTicks = 0,
                PauseMs = pause.PauseMs, SuspendMs = 0, AllocatedBytes = isNewest ? unplacedBytes : 0,
                HasStatistics = isNewest, Statistics = new HeapStatistics(new GenerationBytes(0, 0, stats.HeapAllocBytes, 0, 0), 0, 0, 0, 0),
                HasHistory = isNewest, HeapBeforeBytes = stats.HeapAllocBytes, FragmentedBytes = stats.FragmentedBytes,
                CommittedBytes = Math.Max(0, stats.HeapSysBytes - stats.HeapReleasedBytes),
            }, ended);
            if (isNewest) unplacedBytes = 0;
        }
    }

    public void AddMissed(long count, DateTimeOffset now) => windows.AddMissed(now, (int)Math.Min(count, int.MaxValue));

    private void AddPause(int number, PauseKind kind, GcReason reason, double milliseconds, DateTimeOffset ended) =>
        windows.AddPause(new GcPause(number, 2, kind, reason, 0, 0, milliseconds, 0, 0, IsOwn: false), ended);
}
