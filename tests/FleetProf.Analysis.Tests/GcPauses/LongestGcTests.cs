using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class LongestGcTests
{
    /// <summary>Few values, so that many are equal in everything that orders them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(3_000)]
    public void TopOfMany_OfRandomGcs_IsThatOfAllAtOnce(int count)
    {
        var random = new Random(count);
        var gcs = Enumerable.Range(0, 5_000).Select(_ => Gc(random)).ToList();

        Assert.Equal(LongestGc.Top(gcs, count), LongestGc.TopOfMany(gcs, count));
        Assert.Empty(LongestGc.TopOfMany([], count));
    }

    [Fact]
    public void TopOfMany_OfALongSequence_KeepsAFewOfIt()
    {
        var random = new Random(1);
        var seen = new List<WeakReference>();
        var alive = 0;

        Assert.Equal(20, LongestGc.TopOfMany(Many(), 20).Count);

        Assert.InRange(alive, 20, 5_000);

        IEnumerable<LongestGc> Many()
        {
            for (var i = 0; i < 20_000; i++)
            {
                var gc = Gc(random);
                seen.Add(new WeakReference(gc));
                yield return gc;
            }

            GC.Collect();
            alive = seen.Count(one => one.IsAlive);
        }
    }

    private static LongestGc Gc(Random random) => new(random.Next(2) == 0 ? "a" : "b", random.Next(3), random.Next(5), random.Next(40), [1]);
}
