using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class PauseSketchesTests
{
    [Fact]
    public void Merge_OfSeveralCauses_KeepsThemApartAndPutsGenerationsTogether()
    {
        var set = new SketchSet();

        set.Merge(PauseSketches.Write([(0, 1, (int)GcCause.Ordinary, Sketch(1, 2)), (0, 4, (int)GcCause.Survivors, Sketch(30)), (2, 1, (int)GcCause.Survivors, Sketch(40))]));
        set.Merge(PauseSketches.Write([(0, 1, (int)GcCause.Ordinary, Sketch(3))]));

        Assert.Equal([(GcCause.Ordinary, 3L), (GcCause.Survivors, 2L)], set.ByCause().Select(pair => (pair.Key, pair.Value.Count)).Order());
        Assert.Equal([4L, 0, 1], Enumerable.Range(0, 3).Select(generation => set.OfGeneration(generation).Count));
        Assert.Equal(set.All().Count, PauseSketches.MergeAll(set.ToBytes()).Count);
    }

    [Fact]
    public void ProblemOf_AnyByteCutOff_SaysWhatIsWrongBeforeAMergeThrows()
    {
        var blob = PauseSketches.Write([(0, 1, 1, Sketch(1, 2)), (2, 1, 3, Sketch(40))]);

        Assert.Null(PauseSketches.ProblemOf(blob));
        Assert.Null(PauseSketches.ProblemOf([]));
        Assert.All(Enumerable.Range(1, blob.Length - 1), length =>
        {
            if (PauseSketches.ProblemOf(blob.AsSpan(0, length)) is null)
            {
                PauseSketches.MergeAll(blob.AsSpan(0, length));
            }
        });
        Assert.NotNull(PauseSketches.ProblemOf(blob.AsSpan(0, blob.Length - 1)));
    }

    [Fact]
    public void Write_InAnyOrder_GivesTheSameBytes()
    {
        (int, int, int, byte[])[] sketches = [(0, 1, 1, Sketch(1)), (0, 1, 8, Sketch(30)), (2, 1, 3, Sketch(40))];

        Assert.Equal(PauseSketches.Write(sketches), PauseSketches.Write([.. sketches.Reverse()]));
    }

    [Fact]
    public void Write_WithoutACause_IsTheBlobOfBeforeCauses()
    {
        var sketch = Sketch(1);

        Assert.Equal([1, 2, 3, (byte)sketch.Length, .. sketch], PauseSketches.Write([(2, 3, 0, sketch)]));
    }

    [Fact]
    public void Write_ACauseOfALaterVersion_CountsAsUnknown()
    {
        var set = new SketchSet();

        set.Merge(PauseSketches.Write([(0, 1, 32, Sketch(1)), (0, 1, 30, Sketch(2)), (0, 1, 0, Sketch(3))]));

        Assert.Equal([(GcCause.Unknown, 3L)], set.ByCause().Select(pair => (pair.Key, pair.Value.Count)));
    }

    [Fact]
    public void VisitBuckets_OfWindowsOneAfterTheOther_FindsThoseOfEachGenerationAlone()
    {
        foreach (var shift in (double[])[1, 1_000, 0.001])
        {
            var (found, oldest) = (new List<(int, SketchBucket)>(), new DdSketch());
            oldest.MergeBytes(Sketch(40 * shift));
            oldest.MergeBytes(Sketch(shift, 41 * shift));

            PauseSketches.VisitBuckets(PauseSketches.Write([(0, 1, 1, Sketch(shift, 2 * shift)), (2, 1, 1, Sketch(40 * shift)), (2, 3, 1, Sketch(shift, 41 * shift))]), (generation, bucket) => found.Add((generation, bucket)));

            Assert.Equal([.. DdSketch.FromBytes(Sketch(shift, 2 * shift)).Buckets().Select(bucket => (0, bucket)), .. oldest.Buckets().Select(bucket => (2, bucket))], found);
        }
    }

    /// <summary>However many windows there are, and whether they were read into sketches in between.</summary>
    [Fact]
    public void Quantile_OfAnyNumberOfWindows_IsThatOfTheirMergedSketches()
    {
        var random = new Random(7);
        for (var windows = 0; windows < 12; windows++)
        {
            var (set, all, gen1) = (new SketchSet(), new DdSketch(), new DdSketch());
            for (var i = 0; i < windows; i++)
            {
                var (low, high) = (DdSketch.FromBytes(Sketch(random.NextDouble(), 9 * random.NextDouble())), DdSketch.FromBytes(Sketch(50 * random.NextDouble())));
                set.Merge(PauseSketches.Write([(0, 1, 1, low.ToBytes()), (1, 1, 8, high.ToBytes())]));
                if (random.Next(4) == 0) set.ToBytes();
                all.Merge(low);
                all.Merge(high);
                gen1.Merge(high);
                foreach (var quantile in (double[])[0, 0.5, 0.99, 1])
                {
                    Assert.Equal(all.Quantile(quantile), set.Quantile(null, quantile));
                    Assert.Equal(gen1.Quantile(quantile), set.Quantile(1, quantile));
                    Assert.Null(set.Quantile(2, quantile));
                }
            }

            Assert.Equal(windows == 0, set.Quantile(null, 0.5) is null);
        }
    }

    private static byte[] Sketch(params double[] pauses)
    {
        var sketch = new DdSketch();
        foreach (var pause in pauses) sketch.Add(pause);
        return sketch.ToBytes();
    }
}
