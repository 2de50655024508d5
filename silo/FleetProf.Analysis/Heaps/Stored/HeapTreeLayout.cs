using System.Buffers.Binary;

namespace FleetProf.Analysis.Heaps.Stored;

/// <summary>
/// heap.tree, version 1: what answers questions about a heap without its objects. Every row has a fixed place, so that a page of a tree is
/// a few reads however large the heap was. All numbers little-endian.
/// <code>
/// "FPHT" | i32 version | i32 types T | i32 holders H | i32 dominator rows D | i32 path rows P | i64 objects | i64 heap bytes | i64 unreachable objects | 16 bytes 0
/// | D x (i32 parent, i32 first child, i32 children, i32 name, i64 objects, i64 shallow bytes, i64 retained bytes): breadth first, siblings heaviest first
/// | P x (i32 parent, i32 name, i64 objects, i64 shallow bytes): parents before children
/// | T x (i64 objects, i64 shallow bytes, i64 retained bytes)
/// | T+H+1 x i32 where a name begins in the texts | the texts: type names "name\0module", then holders "kind\0name"
/// | completeness, as in heap.graph
/// </code>
/// A name below T is a type, another one a holder, -1 the heap.
/// </summary>
internal sealed record HeapTreeLayout(int Types, int Holders, int Rows, int PathRows, long Objects, long HeapBytes, long UnreachableObjects)
{
    public const int Version = 1;
    public const int HeadBytes = 64;
    public const int RowBytes = 40;
    public const int PathRowBytes = 24;
    public const int TypeBytes = 24;

    /// <summary>Longer names are cut: they come from hostile files.</summary>
    public const int LongestName = 2_000;

    /// <summary>More rows than any analysis makes.</summary>
    private const int MostRows = 1 << 20;

    public static ReadOnlySpan<byte> Magic => "FPHT"u8;

    public int Names => Types + Holders;

    public long RowsAt => HeadBytes;

    public long PathRowsAt => RowsAt + ((long)Rows * RowBytes);

    public long TypesAt => PathRowsAt + ((long)PathRows * PathRowBytes);

    public long NamesAt => TypesAt + ((long)Types * TypeBytes);

    public long TextsAt => NamesAt + ((Names + 1L) * sizeof(int));

    public byte[] ToHead()
    {
        var head = new byte[HeadBytes];
        Magic.CopyTo(head);
        int[] counts = [Version, Types, Holders, Rows, PathRows];
        for (var i = 0; i < counts.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4 + (4 * i)), counts[i]);
        }

        long[] figures = [Objects, HeapBytes, UnreachableObjects];
        for (var i = 0; i < figures.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(24 + (8 * i)), figures[i]);
        }

        return head;
    }

    /// <exception cref="InvalidDataException">Not a heap tree, another version, or counts that the file cannot hold.</exception>
    public static HeapTreeLayout Of(ReadOnlySpan<byte> head, long fileBytes)
    {
        if (!head.StartsWith(Magic))
        {
            throw new InvalidDataException("not a heap tree");
        }

        var counts = new int[5];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = BinaryPrimitives.ReadInt32LittleEndian(head[(4 + (4 * i))..]);
        }

        if (counts[0] != Version)
        {
            throw new InvalidDataException($"heap tree version {counts[0]}; this reader knows version {Version}");
        }

        var layout = new HeapTreeLayout(counts[1], counts[2], counts[3], counts[4], Figure(head, 0), Figure(head, 1), Figure(head, 2));
        var isSound = layout is { Types: >= 0, Holders: >= 0, Rows: > 0 and <= MostRows, PathRows: > 0 and <= MostRows } && (long)layout.Types + layout.Holders < int.MaxValue;
        return isSound && layout.TextsAt <= fileBytes ? layout : throw new InvalidDataException("the heap tree's counts are damaged");
    }

    private static long Figure(ReadOnlySpan<byte> head, int index) => BinaryPrimitives.ReadInt64LittleEndian(head[(24 + (8 * index))..]);
}
