using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

/// <summary>A stream of suspensions and collections as a runtime would send it, and the pauses that are in it. A tick is a millisecond.</summary>
internal sealed class TrueStream
{
    private const long Mutator = 1;
    private const long Profiler = 2;
    private const long BackgroundThread = 9;

    private readonly Random random;
    private readonly bool sharesStops;
    private readonly List<Event> events = [];
    private readonly List<(int Number, PauseKind Kind, double PauseMs)> pauses = [];
    private long now = 1_000;
    private int number;

    private TrueStream(Random random, bool sharesStops) => (this.random, this.sharesStops) = (random, sharesStops);

    public enum Step { SuspendBegin, SuspendEnd, Start, StartProvisional, End, Statistics, RestartBegin, RestartEnd }

    public IReadOnlyList<Event> Events => events;

    public IReadOnlyList<(int Number, PauseKind Kind, double PauseMs)> Pauses => pauses;

    public double OtherMs { get; private set; }

    public int CollectionCount => number;

    /// <param name="random">Draws it.</param>
    /// <param name="collections">How many.</param>
    /// <param name="sharesStops">Whether two may be in one stop: a young one at the begin of a background one, a full one behind a young one.</param>
    public static TrueStream Make(Random random, int collections, bool sharesStops = false)
    {
        var stream = new TrueStream(random, sharesStops);
        while (stream.number < collections)
        {
            if (random.Next(5) == 0) stream.Other();
            if (random.Next(6) == 0 && stream.number < collections - 3) stream.Background();
            else if (sharesStops && random.Next(4) == 0 && stream.number < collections - 1) stream.Provisional();
            else stream.Blocking(GcKind.Blocking);
        }
        return stream;
    }

    public static (int Number, PauseKind Kind, double PauseMs) Key(GcPause pause) => (pause.Number, pause.Kind, pause.PauseMs);

    /// <summary>Gives the events to a new tracker and finishes it.</summary>
    public PauseScript Play(IReadOnlyList<Event> some)
    {
        var script = new PauseScript();
        foreach (var one in some)
        {
            if (one.IsAfterLoss) script.Tracker.Lost(one.Ticks, one.Thread);
            Play(script.Tracker, one);
        }
        script.Tracker.Finish(now);
        return script;
    }

    private static void Play(PauseTracker tracker, Event one)
    {
        switch (one.Step)
        {
            case Step.SuspendBegin: tracker.SuspendBegin(one.Ticks, one.Thread, one.Number); break;
            case Step.SuspendEnd: tracker.SuspendEnd(one.Ticks, one.Thread); break;
            case Step.Start: tracker.GcStart(one.Ticks, one.Thread, one.Number, one.Kind == GcKind.Background ? 2 : 0, GcReason.AllocSmall, one.Kind); break;
            case Step.StartProvisional: tracker.GcStart(one.Ticks, one.Thread, one.Number, 2, GcReason.PMFullGC, GcKind.Blocking); break;
            case Step.End: tracker.GcEnd(one.Ticks, one.Thread, one.Number); break;
            case Step.Statistics: tracker.Statistics(one.Thread, default); break;
            case Step.RestartBegin: tracker.RestartBegin(one.Ticks, one.Thread); break;
            default: tracker.RestartEnd(one.Ticks, one.Thread); break;
        }
    }

    private void Other()
    {
        var begin = Stop(Profiler, reason: 0);
        OtherMs += Run(Profiler) - begin;
    }

    private void Blocking(GcKind kind)
    {
        var begin = Stop(Mutator, reason: 1);
        Collect(Step.Start, kind);
        pauses.Add((number, kind == GcKind.Foreground ? PauseKind.Foreground : PauseKind.Blocking, Run(Mutator) - begin));
    }

    private void Provisional()
    {
        var begin = Stop(Mutator, reason: 1);
        Collect(Step.Start, GcKind.Blocking);
        var (full, _) = Collect(Step.StartProvisional, GcKind.Blocking);
        pauses.Add((number - 1, PauseKind.Blocking, full - begin));
        pauses.Add((number, PauseKind.Blocking, Run(Mutator) - full));
    }

    private void Background()
    {
        var begin = Stop(Mutator, reason: 1);
        var gc = ++number;
        Add(Mutator, Step.Start, gc, GcKind.Background);
        var youngMs = 0L;
        if (sharesStops && random.Next(2) == 0)
        {
            var (start, end) = Collect(Step.Start, GcKind.Blocking);
            youngMs = end - start;
            pauses.Add((number, PauseKind.Blocking, youngMs));
        }
        pauses.Add((gc, PauseKind.BackgroundInitial, Run(Mutator) - begin - youngMs));
        if (random.Next(2) == 0) Blocking(GcKind.Foreground);
        begin = Stop(BackgroundThread, reason: 6);
        pauses.Add((gc, PauseKind.BackgroundFinal, Run(BackgroundThread) - begin));
        if (random.Next(2) == 0) Blocking(GcKind.Foreground);
        Add(BackgroundThread, Step.End, gc);
        Add(BackgroundThread, Step.Statistics, gc);
    }

    /// <summary>The next collection, from its start to its end and what is told of it then.</summary>
    private (long Start, long End) Collect(Step start, GcKind kind)
    {
        number++;
        Add(Mutator, start, number, kind);
        var started = now;
        Add(Mutator, Step.End, number);
        var ended = now;
        Add(Mutator, Step.Statistics, number);
        return (started, ended);
    }

    private long Stop(long thread, int reason)
    {
        now += random.Next(50, 200);
        Add(thread, Step.SuspendBegin, reason);
        var begin = now;
        Add(thread, Step.SuspendEnd);
        return begin;
    }

    private long Run(long thread)
    {
        Add(thread, Step.RestartBegin);
        Add(thread, Step.RestartEnd);
        return now;
    }

    private void Add(long thread, Step step, int value = 0, GcKind kind = GcKind.Blocking) =>
        events.Add(new Event(now += random.Next(1, 9), thread, step, value, kind));

    /// <summary><paramref name="Number"/>: of the collection; of a SuspendBegin its reason.</summary>
    internal sealed record Event(long Ticks, long Thread, Step Step, int Number, GcKind Kind, bool IsAfterLoss = false);
}
