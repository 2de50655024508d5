using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class PausesOfCauseTests
{
    [Fact]
    public void Causes_OfRandomPauses_AreWhatAPlainSumSays()
    {
        var random = new Random(9);
        var pauses = Enumerable.Range(0, 5_000)
            .Select(_ => (Generation: random.Next(3), Cause: (GcCause)random.Next(19), Ms: 0.05 * Math.Pow(10, random.NextDouble() * 4))).ToList();
        var step = new TrendStep(0, "");
        foreach (var part in pauses.Chunk(700))
        {
            step.Add([Window(part)]);
        }

        var causes = PausesOfCause.Of(step);

        Assert.Equal(19, causes.Count);
        Assert.Equal(causes.OrderByDescending(cause => cause.PauseMs), causes);
        Assert.Equal(100, causes.Sum(cause => cause.PausePercent), 1e-9);
        Assert.All(causes, cause =>
        {
            var of = pauses.Where(pause => pause.Cause == cause.Cause).Select(pause => pause.Ms).Order().ToList();
            Assert.Equal(of.Count, cause.Count);
            Assert.Equal(of[^1], cause.MaxMs);
            Assert.InRange(cause.PauseMs / of.Sum(), 0.99, 1.01);
            Assert.InRange(cause.P99Ms / of[(int)(0.99 * (of.Count - 1))], 0.9899, 1.0101);
        });
    }

    [Fact]
    public void Causes_WithoutAPause_AreNone() => Assert.Empty(PausesOfCause.Of(new TrendStep(0, "")));

    private static PauseWindow Window(IEnumerable<(int Generation, GcCause Cause, double Ms)> pauses) => new()
    {
        InstanceId = "a", StartMs = 0, WindowMs = 10_000,
        Sketches = PauseSketches.Write([.. pauses.GroupBy(pause => (pause.Generation, pause.Cause)).Select(group => (group.Key.Generation, 1, (int)group.Key.Cause, SketchOf(group.Select(pause => pause.Ms))))]),
    };

    private static byte[] SketchOf(IEnumerable<double> pauses)
    {
        var sketch = new DdSketch();
        foreach (var pause in pauses)
        {
            sketch.Add(pause);
        }

        return sketch.ToBytes();
    }
}
