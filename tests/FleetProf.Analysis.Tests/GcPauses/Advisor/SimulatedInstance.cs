using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.Advisor;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses.Advisor;

/// <summary>An instance whose windows are all alike but for a little noise. The default is healthy: no rule fires.</summary>
internal sealed record SimulatedInstance
{
    public string Id { get; init; } = "a";

    public string Environment { get; init; } = "";

    public string Mode { get; init; } = "workstation concurrent";

    public string Runtime { get; init; } = ".NET 10.0.1";

    public int Processors { get; init; } = 2;

    public long Limit { get; init; }

    public Dictionary<string, string> Settings { get; init; } = [];

    public IReadOnlyList<string> FullReasons { get; init; } = [];

    public int Windows { get; init; } = 90;

    public int YoungGcs { get; init; } = 20;

    /// <summary>One window in ten has a full one.</summary>
    public double FullPauseMs { get; init; } = 5;

    public double PauseMs { get; init; } = 1.5;

    public double SuspendMs { get; init; } = 0.05;

    public double AllocatedPerGc { get; init; } = 16e6;

    public double Survival { get; init; } = 0.03;

    public int InducedEveryTenWindows { get; init; }

    public long Heap { get; init; } = 80_000_000;

    public long Fragmented { get; init; } = 8_000_000;

    public long Pinned { get; init; } = 5;

    public long WorkingSet { get; init; } = 160_000_000;

    public AdvisedInstance Build(int seed = 1)
    {
        var random = new Random(seed);
        return new AdvisedInstance
        {
            Instance = Id, Environment = Environment, GcMode = Mode, Runtime = Runtime, ProcessorCount = Processors, MemoryLimitBytes = Limit, Settings = Settings, FullGcReasons = FullReasons,
            Windows = [.. Enumerable.Range(0, Windows).Select(i => Window(i, random))],
        };
    }

    private PauseWindow Window(int number, Random random)
    {
        var isFull = number % 10 == 9;
        var (young, full) = (new DdSketch(), new DdSketch());
        var pause = 0.0;
        for (var i = 0; i < YoungGcs; i++)
        {
            var ms = PauseMs * (0.9 + (random.NextDouble() * 0.2));
            young.Add(ms);
            pause += ms;
        }

        if (isFull) full.Add(FullPauseMs);
        List<(int, int, int, byte[])> sketches = YoungGcs > 0 ? [(0, (int)PauseKind.Blocking, 0, young.ToBytes())] : [];
        if (isFull) sketches.Add((2, (int)PauseKind.Blocking, 0, full.ToBytes()));
        var allocated = (long)(YoungGcs * AllocatedPerGc * (0.97 + (random.NextDouble() * 0.06)));
        return new PauseWindow
        {
            InstanceId = Id, StartMs = number * 10_000L, WindowMs = 10_000, ObservedMs = 10_000, CpuSeconds = 3, Gen0Count = YoungGcs, Gen2Count = isFull ? 1 : 0,
            InducedCount = isFull ? InducedEveryTenWindows : 0, PauseMs = pause + (isFull ? FullPauseMs : 0), SuspendMs = YoungGcs * SuspendMs, AllocatedBytes = allocated,
            PromotedBytes = (long)(allocated * Survival), Heap = new GenerationBytes(0, 0, Heap, 0, 0), HeapAfterGen2Bytes = isFull ? Heap : null, FragmentedBytes = Fragmented,
            PinnedObjectCount = Pinned, WorkingSetBytes = WorkingSet, Sketches = PauseSketches.Write(sketches),
        };
    }
}
