using System.Runtime.InteropServices;
using CsCheck;
using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class NodeIndexTests
{
    /// <summary>Dense pages, sparse ranges, addresses out of order, twice, unaligned and from many blocks.</summary>
    private static readonly Gen<List<ulong>> Walks =
        from ranges in Gen.Select(Gen.ULong[0, 1UL << 36], Gen.OneOf(Gen.Const(8UL), Gen.Const(24UL), Gen.Const(4_096UL), Gen.Const(1UL << 31)), Gen.ULong[1, 30].Array[0, 400]).List[0, 6]
        from isUnaligned in Gen.Int[0, 9]
        from isShuffled in Gen.Int[0, 9]
        from isRepeated in Gen.Int[0, 9]
        select Walk(ranges, isUnaligned == 0, isShuffled == 0, isRepeated == 0);

    [Fact]
    public void Find_InAnyWalk_EqualsADictionary() => Walks.Sample(addresses =>
    {
        var expected = new Dictionary<ulong, int>();
        for (var node = 0; node < addresses.Count; node++)
        {
            expected.TryAdd(addresses[node], node);
        }

        var blocks = new AddressBlocks();
        using var column = Column(addresses, blocks);
        ulong[] asked = [.. addresses.SelectMany(address => (ulong[])[address, address + 1, address - 8, address + 8, address + (1UL << 31)]), 0, ulong.MaxValue];
        using var edges = Column(asked, blocks);
        using var index = NodeIndex.Of(column, blocks);

        Assert.Equal(addresses.Count - expected.Count, index.Duplicates);
        Assert.Equal(asked.Select(address => expected.GetValueOrDefault(address, -1)), asked.Select(index.Find));
        Assert.Equal(asked.Count(address => !expected.ContainsKey(address)), index.Resolve(edges, asked.Length));
        Assert.Equal(asked.Select(address => expected.GetValueOrDefault(address, -1)), Numbers(edges));
    }, iter: 3_000);

    [Fact]
    public void Find_InALargeWalk_EqualsADictionary()
    {
        var (random, addresses) = (new Random(3), new List<ulong>());
        for (var (at, node) = (0x7f00_0000_0000UL, 0); node < 1_000_000; node++)
        {
            addresses.Add(at);
            at += 8UL * (ulong)random.Next(2, 20);
        }

        var expected = addresses.Select((address, node) => (address, node)).ToDictionary(pair => pair.address, pair => pair.node);
        var blocks = new AddressBlocks();
        using var column = Column(addresses, blocks);
        ulong[] asked = [.. Enumerable.Range(0, 1_000_000).Select(_ => 0x7f00_0000_0000UL + (8 * (ulong)random.Next(12_000_000)))];
        using var edges = Column(asked, blocks);
        using var index = NodeIndex.Of(column, blocks);

        index.Resolve(edges, asked.Length);

        Assert.Equal(asked.Select(address => expected.GetValueOrDefault(address, -1)), Numbers(edges));
    }

    private static AddressColumn Column(IEnumerable<ulong> addresses, AddressBlocks blocks)
    {
        var column = new AddressColumn(blocks);
        foreach (var address in addresses)
        {
            column.Add(address);
        }

        return column;
    }

    private static int[] Numbers(AddressColumn column) => MemoryMarshal.Cast<uint, int>(column.Span).ToArray();

    private static List<ulong> Walk(List<(ulong Start, ulong Step, ulong[] Gaps)> ranges, bool isUnaligned, bool isShuffled, bool isRepeated)
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

        addresses = isRepeated ? addresses : [.. addresses.Distinct()];
        if (isUnaligned && addresses.Count > 0)
        {
            addresses[^1] += 3;
        }

        if (isShuffled)
        {
            new Random(addresses.Count).Shuffle(CollectionsMarshal.AsSpan(addresses));
        }

        return addresses;
    }
}
