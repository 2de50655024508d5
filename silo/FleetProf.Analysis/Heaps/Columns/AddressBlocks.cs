namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>
/// Addresses in four bytes each: objects lie on multiples of eight, and a heap in a few blocks of 2 GiB. What fits in neither is
/// <see cref="Elsewhere"/>. The same address is the same number wherever these blocks are used.
/// </summary>
internal sealed class AddressBlocks
{
    public const uint Elsewhere = uint.MaxValue;
    public const int OffsetBits = 28;
    private const int UnitBits = 3;
    private const uint OffsetMask = (1u << OffsetBits) - 1;
    private const int MaxBlocks = 15;

    private readonly List<ulong> _blocks = [];
    private ulong _lastBlock = ulong.MaxValue;
    private int _lastNumber = -1;

    public int Count => _blocks.Count;

    public uint Compress(ulong address)
    {
        var block = address >> (UnitBits + OffsetBits);
        if (block != _lastBlock)
        {
            (_lastBlock, _lastNumber) = (block, NumberOf(block));
        }

        return _lastNumber < 0 || (address & ((1 << UnitBits) - 1)) != 0 ? Elsewhere : ((uint)_lastNumber << OffsetBits) | ((uint)(address >> UnitBits) & OffsetMask);
    }

    /// <param name="number">Not <see cref="Elsewhere"/>.</param>
    public ulong Expand(uint number) => (_blocks[(int)(number >> OffsetBits)] << (UnitBits + OffsetBits)) | ((ulong)(number & OffsetMask) << UnitBits);

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
