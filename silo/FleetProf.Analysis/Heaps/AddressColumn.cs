namespace FleetProf.Analysis.Heaps;

/// <summary>
/// A growing column of object addresses in four bytes each: objects lie on multiples of eight, and a heap in a few blocks of 2 GiB.
/// What fits in neither takes eight bytes more. To be read once, in order.
/// </summary>
internal sealed class AddressColumn
{
    private const int UnitBits = 3;
    private const int OffsetBits = 28;
    private const uint OffsetMask = (1u << OffsetBits) - 1;
    private const int MaxBlocks = 15;
    private const uint Elsewhere = uint.MaxValue;

    private readonly ChunkedColumn<uint> _values = new();
    private readonly ChunkedColumn<ulong> _elsewhere = new();
    private readonly List<ulong> _blocks = [];
    private ulong _lastBlock = ulong.MaxValue;
    private int _lastNumber = -1;

    public long Count => _values.Count;

    public void Add(ulong address)
    {
        var block = address >> (UnitBits + OffsetBits);
        if (block != _lastBlock)
        {
            (_lastBlock, _lastNumber) = (block, NumberOf(block));
        }

        if (_lastNumber < 0 || (address & ((1 << UnitBits) - 1)) != 0)
        {
            _values.Add(Elsewhere);
            _elsewhere.Add(address);
        }
        else
        {
            _values.Add(((uint)_lastNumber << OffsetBits) | ((uint)(address >> UnitBits) & OffsetMask));
        }
    }

    /// <summary>All addresses in order; each part is valid until the next one is asked for, and frees its memory then.</summary>
    public IEnumerable<ReadOnlyMemory<ulong>> Drain()
    {
        var elsewhere = 0L;
        ulong[] buffer = [];
        foreach (var chunk in _values.Drain())
        {
            buffer = buffer.Length >= chunk.Length ? buffer : new ulong[chunk.Length];
            Decode(chunk.Span, buffer, ref elsewhere);
            yield return buffer.AsMemory(0, chunk.Length);
        }
    }

    public ulong[] DrainToArray()
    {
        var all = new ulong[Count];
        var at = 0;
        foreach (var part in Drain())
        {
            part.CopyTo(all.AsMemory(at));
            at += part.Length;
        }

        return all;
    }

    private void Decode(ReadOnlySpan<uint> values, Span<ulong> addresses, ref long elsewhere)
    {
        for (var i = 0; i < values.Length; i++)
        {
            addresses[i] = values[i] == Elsewhere
                ? _elsewhere[elsewhere++]
                : (_blocks[(int)(values[i] >> OffsetBits)] << (UnitBits + OffsetBits)) | ((ulong)(values[i] & OffsetMask) << UnitBits);
        }
    }

    private int NumberOf(ulong block)
    {
        var number = _blocks.IndexOf(block);
        if (number < 0 && _blocks.Count < MaxBlocks)
        {
            number = _blocks.Count;
            _blocks.Add(block);
        }

        return number;
    }
}
