namespace FleetProf.Benchmarks.Heaps;

/// <summary>
/// A made-up heap of any size with about 2.5 references per object. Four fifths are blocks of a thousand objects below one directory -
/// by turns a list, an array of items with a string each, and a binary tree - with references across the whole heap, half of them near.
/// The last fifth is a planted leak: sessions in one array of a static dictionary, each with a buffer that nothing else refers to.
/// Same seed, same heap.
/// </summary>
internal sealed class SyntheticHeap(int objects, int seed)
{
    private const int BlockLength = 1_000;
    private const int LeakShare = 5;
    private const ulong FirstAddress = 0x7f00_0000_0000;
    private const int ObjectBytes = 64;

    private static readonly string[] Types =
    [
        "Shop.Catalog", "Shop.Block[]", "Shop.Row", "Shop.Item[]", "Shop.Item", "System.String", "Shop.TreeNode",
        "System.Collections.Generic.Dictionary`2[System.Int32,Shop.Session]", "Entry[System.Int32,Shop.Session][]", "Shop.Session", "System.Byte[]",
    ];

    private readonly int _blocks = (objects - (objects / LeakShare) - 4) / BlockLength;
    private readonly List<int> _targets = [];

    private int Sessions => objects / LeakShare / 2;

    private int FirstOfBlocks => 4;

    private int FirstSession => FirstOfBlocks + (_blocks * BlockLength);

    private int Count => FirstSession + (Sessions * 2);

    /// <summary>Writes the stream and returns what it holds.</summary>
    public (int Objects, long References) Write(string path)
    {
        using var output = new HeapStreamWriter(path);
        var random = new Random(seed);
        long references = 0;
        for (var type = 0; type < Types.Length; type++)
        {
            output.Type(type + 1, Types[type]);
        }

        for (var node = 0; node < Count; node++)
        {
            _targets.Clear();
            var (type, bytes) = Describe(node, random);
            output.Node(Address(node), bytes, type + 1, _targets.Count);
            foreach (var target in _targets)
            {
                output.Edge(Address(target));
            }

            references += _targets.Count;
        }

        output.Static(Address(0), 1, "catalog");
        output.Static(Address(2), 8, "sessions");
        output.Finish();
        return (Count, references);
    }

    private static ulong Address(int node) => FirstAddress + ((ulong)node * ObjectBytes);

    private (int Type, int Bytes) Describe(int node, Random random)
    {
        switch (node)
        {
            case 0:
                _targets.Add(1);
                return (0, 24);
            case 1:
                _targets.AddRange(Enumerable.Range(0, _blocks).Select(block => FirstOfBlocks + (block * BlockLength)));
                return (1, 24 + (8 * _blocks));
            case 2:
                _targets.Add(3);
                return (7, 80);
            case 3:
                _targets.AddRange(Enumerable.Range(0, Sessions).Select(session => FirstSession + (session * 2)));
                return (8, 24 + (24 * Sessions));
        }

        if (node < FirstSession)
        {
            return InBlock((node - FirstOfBlocks) / BlockLength, (node - FirstOfBlocks) % BlockLength, random);
        }

        if ((node - FirstSession) % 2 == 1)
        {
            return (10, 400);
        }

        _targets.Add(node + 1);
        return (9, 48);
    }

    private (int Type, int Bytes) InBlock(int block, int place, Random random)
    {
        var first = FirstOfBlocks + (block * BlockLength);
        // Three references more for two objects of three; strings refer to nothing.
        for (var i = 0; i < 3 && place % 3 != 0; i++)
        {
            var near = first + random.Next(BlockLength);
            var far = FirstOfBlocks + random.Next(_blocks * BlockLength);
            _targets.Add(random.Next(2) == 0 ? near : far);
        }

        switch (block % 3)
        {
            case 0:
                AddIf(place + 1 < BlockLength, first + place + 1);
                return (2, 48);
            case 1 when place == 0:
                _targets.AddRange(Enumerable.Range(0, (BlockLength - 1) / 2).Select(item => first + 1 + (item * 2)));
                return (3, 24 + (8 * BlockLength / 2));
            case 1 when place % 2 == 1:
                AddIf(place + 1 < BlockLength, first + place + 1);
                return (4, 40);
            case 1:
                _targets.Clear();
                return (5, 22 + (2 * (place % 40)));
            default:
                AddIf((2 * place) + 1 < BlockLength, first + (2 * place) + 1);
                AddIf((2 * place) + 2 < BlockLength, first + (2 * place) + 2);
                return (6, 56);
        }
    }

    private void AddIf(bool isThere, int target)
    {
        if (isThere)
        {
            _targets.Add(target);
        }
    }
}
