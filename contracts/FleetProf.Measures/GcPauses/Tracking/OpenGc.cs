namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>A collection that has started and is not complete. Reused, so that following events allocates nothing.</summary>
internal sealed class OpenGc
{
    public bool IsOpen { get; private set; }

    public int Number { get; private set; }

    public int Generation { get; private set; }

    public GcKind Kind { get; set; }

    public GcReason Reason { get; private set; }

    public long StartTicks { get; private set; }

    public bool IsOwn { get; private set; }

    /// <summary>Where the background collection's own thread is known, its events can be told from those of foreground collections.</summary>
    public long? Thread { get; set; }

    /// <summary>The thread that made the stop in which it began.</summary>
    public long StoppedBy { get; set; }

    public bool HasEnded { get; set; }

    public long EndTicks { get; set; }

    public double PauseMs { get; private set; }

    public double FinalPauseMs { get; private set; }

    public double SuspendMs { get; private set; }

    public bool HasStatistics { get; private set; }

    public bool HasHistory { get; private set; }

    public HeapHistory History { get; private set; }

    public long CommittedBytes { get; set; }

    public long TriggerTicks { get; set; }

    public long TriggerThread { get; set; }

    private HeapStatistics statistics;
    private GlobalHistory global;
    private bool hasGlobal;
    private double resumeMs;
    private readonly RootMarks marks = new();

    public void Start(long ticks, int number, int generation, GcKind kind, GcReason reason, bool isOwn)
    {
        (IsOpen, Number, Generation, Kind, Reason, StartTicks, IsOwn) = (true, number, generation, kind, reason, ticks, isOwn);
        (Thread, HasEnded, EndTicks, PauseMs, FinalPauseMs, SuspendMs) = (null, false, 0, 0, 0, 0);
        (HasStatistics, HasHistory, History, CommittedBytes, statistics) = (false, false, default, 0, default);
        (global, hasGlobal, resumeMs, TriggerTicks, TriggerThread) = (default, false, 0, 0, 0);
        marks.Start(ticks);
    }

    public void AddPause(in GcPause pause)
    {
        PauseMs += pause.PauseMs;
        SuspendMs += pause.SuspendMs;
        resumeMs += pause.ResumeMs;
        if (pause.Kind == PauseKind.BackgroundFinal) FinalPauseMs += pause.PauseMs;
    }

    public void SetStatistics(in HeapStatistics value) => (statistics, HasStatistics) = (value, true);

    public void AddHistory(in HeapHistory heap) => (History, HasHistory) = (History + heap, true);

    public void SetGlobal(in GlobalHistory value) => (global, hasGlobal) = (value, true);

    public void AddMark(long ticks, int heap, int rootType, long bytes) => marks.Add(ticks, heap, rootType, bytes);

    public void Close() => IsOpen = false;

    public GcRecord ToRecord(long endTicks, long allocatedBytes, double millisecondsPerTick) => new()
    {
        Number = Number,
        Generation = Generation,
        Kind = Kind,
        Reason = Reason,
        StartTicks = StartTicks,
        EndTicks = endTicks,
        PauseMs = PauseMs,
        SuspendMs = SuspendMs,
        FinalPauseMs = FinalPauseMs,
        IsOwn = IsOwn,
        HasStatistics = HasStatistics,
        Statistics = statistics,
        HasHistory = HasHistory,
        HeapBeforeBytes = History.SizeBefore.Total,
        FragmentedBytes = History.FreeAfter.Total,
        AllocatedBytes = allocatedBytes,
        CommittedBytes = CommittedBytes,
        ResumeMs = resumeMs,
        CondemnedBytes = Condemned(History.SizeBefore - History.FreeBefore),
        SizeBefore = History.SizeBefore,
        FreeBeforeBytes = History.FreeBefore.Total,
        PinnedSurvivedBytes = History.PinnedSurvivedBytes,
        SurvivedBytes = History.SurvivedBytes,
        Budget = History.Budget,
        HasRoots = marks.HasAny,
        RootBytes = marks.Bytes,
        RootMs = Kind == GcKind.Background ? default : marks.MeanMs(millisecondsPerTick),
        HasGlobal = hasGlobal,
        Global = global,
        Reasons = global.Reasons | History.Reasons,
        TriggerMs = TriggerThread == 0 ? 0 : (StartTicks - TriggerTicks) * millisecondsPerTick,
        TriggerThread = TriggerThread,
    };

    private long Condemned(in GenerationBytes objects) => Generation switch
    {
        0 => objects.Gen0,
        1 => objects.Gen0 + objects.Gen1,
        _ => objects.Total,
    };
}
