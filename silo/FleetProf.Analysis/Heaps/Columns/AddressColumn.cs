namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>A growing column of addresses in four bytes each; those that <see cref="AddressBlocks"/> cannot hold take twelve bytes more.</summary>
internal sealed unsafe class AddressColumn(AddressBlocks blocks) : IDisposable
{
    private readonly GrowingColumn<uint> _numbers = new();
    private readonly GrowingColumn<int> _elsewhere = new();
    private readonly GrowingColumn<ulong> _address = new();

    public long Count => _numbers.Count;

    /// <summary>As <see cref="AddressBlocks"/> numbers them; to be overwritten by whoever has no use for the addresses any more.</summary>
    public uint* Numbers => _numbers.Values;

    public ReadOnlySpan<uint> Span => _numbers.Span;

    public void Add(ulong address)
    {
        var number = blocks.Compress(address);
        if (number == AddressBlocks.Elsewhere)
        {
            _elsewhere.Add(checked((int)_numbers.Count));
            _address.Add(address);
        }

        _numbers.Add(number);
    }

    public ulong this[int index] => Numbers[index] is var number && number != AddressBlocks.Elsewhere ? blocks.Expand(number) : _address.Values[_elsewhere.Span.BinarySearch(index)];

    /// <summary>Addresses that outlive the column, which is freed.</summary>
    public Addresses ToAddressesAndDispose() => new(_numbers.ToArrayAndDispose(), blocks, _elsewhere.ToArrayAndDispose(), _address.ToArrayAndDispose());

    public void Dispose()
    {
        _numbers.Dispose();
        _elsewhere.Dispose();
        _address.Dispose();
    }
}
