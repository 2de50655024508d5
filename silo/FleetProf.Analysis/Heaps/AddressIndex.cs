namespace FleetProf.Analysis.Heaps;

/// <summary>
/// Address to node. A heap is walked upwards through a few ranges of memory: each has a table of pages that says which node is the first
/// in a page, so a look-up touches two places that are often in the processor's cache. Objects that come in any other order are hashed.
/// </summary>
internal sealed class AddressIndex
{
    private const int MaxRanges = 4_096;
    private const int SmallestPageBits = 8;

    private readonly ulong[] _addresses;
    private readonly List<Range> _ranges = [];
    private readonly AddressHash? _hash;
    private Range _last;

    public AddressIndex(ulong[] addresses)
    {
        _addresses = addresses;
        _hash = addresses.Length > 0 && !FindRanges() ? new AddressHash(addresses) : null;
        _last = _ranges.Count > 0 ? _ranges[0] : default;
    }

    /// <summary>Objects that came twice; the first one counts.</summary>
    public int Duplicates => _hash?.Duplicates ?? 0;

    /// <summary>-1 when no object is at this address.</summary>
    public int Find(ulong address)
    {
        if (_hash is not null)
        {
            return _hash.Find(address);
        }

        if (_ranges.Count == 0 || (address - _last.First > _last.Length && !TryRange(address)))
        {
            return -1;
        }

        // First page border at or below the address, then upwards; many small objects in one page of a sparse range are halved first.
        const int few = 16;
        var page = (int)((address - _last.First) >> _last.PageBits);
        var (from, to) = (_last.Pages[page], _last.Pages[page + 1]);
        while (to - from > few)
        {
            var middle = from + ((to - from) / 2);
            (from, to) = _addresses[middle] <= address ? (middle, to) : (from, middle);
        }

        while (from < to && _addresses[from] < address)
        {
            from++;
        }

        return from < to && _addresses[from] == address ? from : -1;
    }

    // A failed look-up leaves the last range as it is.
    private bool TryRange(ulong address)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _ranges[middle].First <= address ? (middle, high) : (low, middle - 1);
        }

        if (address - _ranges[low].First > _ranges[low].Length)
        {
            return false;
        }

        _last = _ranges[low];
        return true;
    }

    /// <summary>False when the objects are in no such order.</summary>
    private bool FindRanges()
    {
        var first = 0;
        for (var node = 1; node <= _addresses.Length; node++)
        {
            if (node == _addresses.Length || _addresses[node] <= _addresses[node - 1] || IsFar(node))
            {
                if (_ranges.Count == MaxRanges)
                {
                    return false;
                }

                _ranges.Add(Pages(first, node));
                first = node;
            }
        }

        _ranges.Sort((left, right) => left.First.CompareTo(right.First));
        for (var i = 1; i < _ranges.Count; i++)
        {
            if (_ranges[i].First - _ranges[i - 1].First <= _ranges[i - 1].Length)
            {
                return false;
            }
        }

        return true;
    }

    // Between the ends of a reserved heap there may be gigabytes of nothing.
    private bool IsFar(int node) => _addresses[node] - _addresses[node - 1] > 1UL << 32;

    private Range Pages(int first, int end)
    {
        var (start, length) = (_addresses[first], _addresses[end - 1] - _addresses[first]);
        var bits = SmallestPageBits;
        while (length >> bits > (ulong)(end - first) + 1)
        {
            bits++;
        }

        var pages = new int[(int)(length >> bits) + 2];
        var node = first;
        for (var page = 0; page < pages.Length; page++)
        {
            while (node < end && (_addresses[node] - start) >> bits < (ulong)page)
            {
                node++;
            }

            pages[page] = node;
        }

        return new Range(start, length, bits, pages);
    }

    /// <param name="First">Address of its first object.</param>
    /// <param name="Length">From there to its last object.</param>
    /// <param name="PageBits">Size of a page, as a power of two.</param>
    /// <param name="Pages">Per page: its first node; one entry more than there are pages.</param>
    private readonly record struct Range(ulong First, ulong Length, int PageBits, int[] Pages);
}
