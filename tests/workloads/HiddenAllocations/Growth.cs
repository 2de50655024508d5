using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Collections and buffers that start too small, and arrays that are too large.</summary>
internal static class Growth
{
    private static readonly byte[] Block = new byte[1_000];
    private static readonly byte[] Large = new byte[200_000];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GrowList(int number)
    {
        var list = new List<long>();
        for (var i = 0; i < 100; i++)
        {
            list.Add(number + i);
        }

        Keep.Sink = list;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GrowDictionary(int number)
    {
        var map = new Dictionary<int, long>();
        for (var i = 0; i < 100; i++)
        {
            map[number + i] = i;
        }

        Keep.Sink = map;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void FillStream()
    {
        var stream = new MemoryStream();
        for (var i = 0; i < 20; i++)
        {
            stream.Write(Block);
        }

        Keep.Sink = stream;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CopyLarge() => Keep.Sink = Large.AsSpan().ToArray();
}
