using CsCheck;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class AddressIndexTests
{
    /// <summary>Walked upwards through some ranges, near and far, dense and sparse, in any order of ranges; sometimes shuffled or with duplicates.</summary>
    private static readonly Gen<ulong[]> Walks =
        from ranges in Gen.Select(Gen.ULong[0, 1UL << 40], Gen.OneOf(Gen.Const(8UL), Gen.Const(24UL), Gen.Const(4_096UL), Gen.Const(1UL << 31), Gen.Const(1UL << 33)), Gen.ULong[1, 30].Array[0, 80]).Array[0, 6]
        from shuffled in Gen.Int[0, 9]
        from repeated in Gen.Int[0, 9]
        select Walk(ranges, shuffled == 0, repeated == 0);

    [Fact]
    public void Find_InAnyWalk_EqualsADictionary() => Walks.Sample(addresses =>
    {
        var expected = new Dictionary<ulong, int>();
        for (var node = 0; node < addresses.Length; node++)
        {
            expected.TryAdd(addresses[node], node);
        }

        var index = new AddressIndex(addresses);

        Assert.Equal(addresses.Length - expected.Count, index.Duplicates);
        foreach (var address in addresses.Reverse().SelectMany(address => (ulong[])[address, address + 1, address - 1, address + 8, 0, ulong.MaxValue]))
        {
            Assert.Equal(expected.GetValueOrDefault(address, -1), index.Find(address));
        }
    }, iter: 3_000);

    [Fact]
    public void Find_ManyObjectsInOnePageOfASparseRange_FindsEach()
    {
        ulong[] addresses = [.. Enumerable.Range(0, 5_000).Select(number => 1_000 + ((ulong)number * 8)), 1UL << 31];

        var index = new AddressIndex(addresses);

        Assert.All(Enumerable.Range(0, addresses.Length), node => Assert.Equal(node, index.Find(addresses[node])));
        Assert.Equal(-1, index.Find(1_004));
    }

    private static ulong[] Walk((ulong Start, ulong Step, ulong[] Gaps)[] ranges, bool isShuffled, bool isRepeated)
    {
        var addresses = new List<ulong>();
        foreach (var (start, step, gaps) in ranges)
        {
            var at = start * 8;
            foreach (var gap in gaps)
            {
                addresses.Add(at);
                at += gap * step;
            }
        }

        if (isRepeated && addresses.Count > 0)
        {
            addresses.Add(addresses[0]);
        }

        var walk = addresses.ToArray();
        if (isShuffled)
        {
            new Random(walk.Length).Shuffle(walk);
        }

        return walk;
    }
}
