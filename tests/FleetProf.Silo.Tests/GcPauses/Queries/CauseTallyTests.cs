using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Silo.GcPauses.Queries;
using FleetProf.Silo.GcPauses.Rows;
using LongGc = FleetProf.AgentProtocol.LongGc;
using PauseCause = FleetProf.Contracts.GcPauses.PauseCause;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

public sealed class CauseTallyTests
{
    /// <summary>More than there are names for.</summary>
    private const int Causes = 25;

    /// <summary>Against one step of all windows, and a sort of all their exemplars.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Tally_OfRandomWindows_IsThatOfAllAtOnce(int seed)
    {
        var random = new Random(seed);
        var windows = Enumerable.Range(0, 400).Select(index => Window(random, index)).ToList();
        var step = new TrendStep(0, "");
        foreach (var window in windows)
        {
            step.Add(window);
        }

        var gcs = windows.SelectMany(window => window.Sum.Longest).ToList();

        var whole = CauseTally.Of(windows);
        var merged = CauseTally.Merge(windows.Chunk(90).Select(part => CauseTally.Of(part)).ToList());

        foreach (var tally in new[] { whole, merged })
        {
            Assert.Equal(PausesOfCause.Of(step), tally.Pauses());
            Assert.All(
                Enum.GetValues<PauseCause>(),
                cause => Assert.Same(LongestGc.Top(gcs.Where(gc => LongGcs.CauseOf(gc) == cause), 1) is [var longest, ..] ? longest : null, tally.LongestOf(cause)));
            Assert.Equal(gcs.Select(gc => gc.InstanceId).Distinct().Order(StringComparer.Ordinal), tally.Instances.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Tally_OfALongSequence_KeepsNoWindowOfIt()
    {
        var random = new Random(4);
        var seen = new List<WeakReference>();
        var alive = -1;

        var tally = CauseTally.Of(Many());

        Assert.NotEmpty(tally.Pauses());
        Assert.InRange(alive, 0, 50);

        IEnumerable<FleetWindow> Many()
        {
            for (var index = 0; index < 2_000; index++)
            {
                var window = Window(random, index);
                seen.Add(new WeakReference(window));
                yield return window;
            }

            GC.Collect();
            alive = seen.Count(one => one.IsAlive);
        }
    }

    private static FleetWindow Window(Random random, int index) => new()
    {
        Instances = 3,
        HeapInstances = 0,
        Gen2Instances = 0,
        CommittedInstances = 0,
        ProcessInstances = 0,
        Sum = new PauseWindow
        {
            InstanceId = "",
            StartMs = index * TrendLevel.QuarterMs,
            WindowMs = TrendLevel.QuarterMs,
            Sketches = PauseSketches.Write([.. Enumerable.Range(0, random.Next(5)).Select(_ => (random.Next(3), 1, random.Next(Causes), SketchOf(random)))]),
            Longest = [.. Enumerable.Range(0, random.Next(20)).Select(_ => Gc(random))],
        },
    };

    private static byte[] SketchOf(Random random)
    {
        var sketch = new DdSketch();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            sketch.Add(random.NextDouble() * 50);
        }

        return sketch.ToBytes();
    }

    /// <summary>Few lengths, so that several are the longest.</summary>
    private static LongestGc Gc(Random random) => LongestBytes.Of(
        $"i{random.Next(9)}",
        new LongGc { Number = (uint)random.Next(3), EndedUnixMs = random.Next(3), PauseMs = random.Next(1, 30), Cause = (AgentProtocol.PauseCause)random.Next(Causes) });
}
