using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.Tests.Comparisons;

/// <summary>Sides of which the truth is known: instances that differ, windows that differ, lognormal pauses.</summary>
internal sealed record SimulatedSides
{
    public int Instances { get; init; } = 2;

    public int Windows { get; init; } = 12;

    public int GcsPerWindow { get; init; } = 20;

    /// <summary>Median pause.</summary>
    public double PauseMs { get; init; } = 8;

    public double HeapBytes { get; init; } = 60e6;

    /// <summary>Relative spread between instances, and between windows of one.</summary>
    public double InstanceSpread { get; init; } = 0.03;

    public double WindowSpread { get; init; } = 0.1;

    public double HeapGrowthPerHour { get; init; }

    /// <summary>Every n-th window has a gen2 GC; 0: none.</summary>
    public int Gen2Every { get; init; } = 1;

    public double AllocatedPerGc { get; init; } = 2e6;

    /// <summary>GCs of each window whose events were lost.</summary>
    public int MissedPerWindow { get; init; }

    public ComparedSide Draw(string version, Random random) => new(
        version,
        [.. Enumerable.Range(0, Instances).Select(i => new ComparedInstance($"{version}-{i}", 0, DrawWindows($"{version}-{i}", random)))]);

    private List<PauseWindow> DrawWindows(string id, Random random)
    {
        var ofInstance = Math.Exp(InstanceSpread * Normal(random));
        return [.. Enumerable.Range(0, Windows).Select(i => DrawWindow(id, i, ofInstance, random))];
    }

    private PauseWindow DrawWindow(string id, int index, double ofInstance, Random random)
    {
        var ofWindow = ofInstance * Math.Exp(WindowSpread * Normal(random));
        var pauses = Enumerable.Range(0, GcsPerWindow).Select(_ => PauseMs * ofWindow * Math.Exp(0.4 * Normal(random))).ToArray();
        var start = 600_000 + index * PauseWindow.LengthMs;
        var heap = HeapBytes * ofInstance * (1 + 0.05 * Normal(random)) + HeapGrowthPerHour * index * PauseWindow.LengthMs / 3_600_000;
        return new PauseWindow
        {
            InstanceId = id,
            StartMs = start,
            WindowMs = (int)PauseWindow.LengthMs,
            ObservedMs = (int)PauseWindow.LengthMs,
            Gen0Count = GcsPerWindow,
            MissedCount = MissedPerWindow,
            PauseMs = pauses.Sum(),
            MaxPauseMs = pauses.DefaultIfEmpty().Max(),
            AllocatedBytes = (long)(GcsPerWindow * AllocatedPerGc * ofWindow),
            HeapAfterGen2Bytes = Gen2Every > 0 && index % Gen2Every == 0 ? (long)heap : null,
            Sketches = SketchOf(pauses),
        };
    }

    public static byte[] SketchOf(params double[] pauses)
    {
        if (pauses.Length == 0) return [];
        var sketch = new DdSketch();
        foreach (var pause in pauses) sketch.Add(pause);
        return PauseSketches.Write([(0, 1, 1, sketch.ToBytes())]);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
