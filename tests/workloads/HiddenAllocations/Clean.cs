using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Allocates as much as the others, and only what its source says in so many words.</summary>
internal static class Clean
{
    private static readonly List<int> Numbers = [1, 2, 3, 4];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PlaceOrder(int number)
    {
        var lines = new List<long>(16);
        foreach (var part in Numbers)
        {
            lines.Add(part + number);
        }

        // Tables of the right size from the start do not grow.
        var seen = new HashSet<long>(lines.Count);
        var byNumber = new Dictionary<int, long>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            seen.Add(lines[i]);
            byNumber[i] = lines[i];
        }

        var total = (long)seen.Count + byNumber.Count;
        lines.ForEach(static line => Keep.Sum += line);
        foreach (var line in lines)
        {
            total += line;
        }

        Keep.Sink = new Order(number, lines, new byte[200], total);
    }

    private sealed record Order(int Number, List<long> Lines, byte[] Payload, long Total);
}
