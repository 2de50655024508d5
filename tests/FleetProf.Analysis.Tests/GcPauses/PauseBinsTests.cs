using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class PauseBinsTests
{
    [Fact]
    public void Bins_OfRandomPauses_CountWhatAPlainHistogramCounts()
    {
        var random = new Random(3);
        var pauses = Enumerable.Range(0, 20_000).Select(_ => 0.02 * Math.Pow(10, random.NextDouble() * 6.5)).ToList();
        var sketch = new DdSketch();
        pauses.ForEach(pause => sketch.Add(pause));
        var step = new TrendStep(0, "");
        step.Add([new PauseWindow { InstanceId = "a", StartMs = 0, WindowMs = 10_000, Sketches = PauseSketches.Write([(0, 1, 0, sketch.ToBytes())]) }]);

        var counts = PauseBins.Of(step);

        Assert.Equal(pauses.Count, counts.Sum());
        for (var bin = 0; bin < PauseBins.Count; bin++)
        {
            var (low, high) = (bin == 0 ? 0 : PauseBins.UpperMs[bin - 1], bin == PauseBins.UpperMs.Count ? double.PositiveInfinity : PauseBins.UpperMs[bin]);
            var sure = pauses.Count(pause => pause > low * 1.01 && pause <= high / 1.01);
            var possible = pauses.Count(pause => pause > low / 1.01 && pause <= high * 1.01);
            Assert.InRange(counts[bin], sure, possible);
        }
    }
}
