namespace FleetProf.Analysis.Heaps;

/// <summary>Address to node, by open addressing with linear probing: 4 bytes per slot, the addresses stay in their column.</summary>
internal sealed class AddressHash
{
    private readonly ulong[] _addresses;
    private readonly int[] _slots;
    private readonly int _shift;

    public AddressHash(ulong[] addresses)
    {
        _addresses = addresses;
        var bits = 4;
        while ((1L << bits) < addresses.Length * 3L / 2)
        {
            bits++;
        }

        _slots = new int[1L << bits];
        _shift = 64 - bits;
        for (var node = 0; node < addresses.Length; node++)
        {
            Insert(node);
        }
    }

    /// <summary>Objects that came twice; the first one counts.</summary>
    public int Duplicates { get; private set; }

    /// <summary>-1 when no object is at this address.</summary>
    public int Find(ulong address)
    {
        for (var slot = Slot(address); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            var node = _slots[slot] - 1;
            if (node < 0 || _addresses[node] == address)
            {
                return node;
            }
        }
    }

    private void Insert(int node)
    {
        var slot = Slot(_addresses[node]);
        while (_slots[slot] != 0)
        {
            if (_addresses[_slots[slot] - 1] == _addresses[node])
            {
                Duplicates++;
                return;
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = node + 1;
    }

    private int Slot(ulong address) => (int)((address * 0x9E3779B97F4A7C15) >> _shift);
}
