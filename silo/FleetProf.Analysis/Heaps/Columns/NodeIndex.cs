namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>Address to node: by bits where the heap was walked as heaps are, else by whatever index fits.</summary>
internal sealed unsafe class NodeIndex : IDisposable
{
    private const int SliceBits = 18;

    private readonly AddressBlocks _blocks;
    private readonly AddressRanks? _ranks;
    private readonly AddressIndex? _index;

    private NodeIndex(AddressBlocks blocks, AddressRanks? ranks, AddressIndex? index) => (_blocks, _ranks, _index) = (blocks, ranks, index);

    /// <summary>Objects that came twice; the first one counts.</summary>
    public int Duplicates => _index?.Duplicates ?? 0;

    public static NodeIndex Of(AddressColumn addresses, AddressBlocks blocks)
    {
        var count = checked((int)addresses.Count);
        if (AddressRanks.Of(addresses.Numbers, count, blocks) is { } ranks)
        {
            return new NodeIndex(blocks, ranks, null);
        }

        var all = new ulong[count];
        for (var node = 0; node < count; node++)
        {
            all[node] = addresses[node];
        }

        return new NodeIndex(blocks, null, new AddressIndex(all));
    }

    /// <summary>-1 when no object is at this address.</summary>
    public int Find(ulong address) => _ranks is not null ? _ranks.Find(_blocks.Compress(address)) : _index!.Find(address);

    /// <summary>Overwrites the first addresses of a column with the nodes that are there, -1 for none, and returns how many are none.</summary>
    public long Resolve(AddressColumn edges, int count)
    {
        if (_ranks is not null)
        {
            long missing = 0;
            Parallel.For(0, (count >> SliceBits) + 1, slice => Interlocked.Add(ref missing, Resolve(edges.Numbers, slice << SliceBits, Math.Min(count, (slice + 1) << SliceBits))));
            return missing;
        }

        long unresolved = 0;
        for (var edge = 0; edge < count; edge++)
        {
            var node = _index!.Find(edges[edge]);
            unresolved += node < 0 ? 1 : 0;
            edges.Numbers[edge] = (uint)node;
        }

        return unresolved;
    }

    public void Dispose() => _ranks?.Dispose();

    private long Resolve(uint* numbers, int from, int to)
    {
        long missing = 0;
        for (var edge = from; edge < to; edge++)
        {
            var node = _ranks!.Find(numbers[edge]);
            missing += node < 0 ? 1 : 0;
            numbers[edge] = (uint)node;
        }

        return missing;
    }
}
