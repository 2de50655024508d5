using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>The column "reasons": a count per GC reason as varints, in the places of <see cref="GcReasons.IndexOf"/>, without the zeros at the end.</summary>
internal static class ReasonBytes
{
    /// <summary>Null without any.</summary>
    public static byte[]? Write(IReadOnlyList<long> counts)
    {
        var last = counts.Count - 1;
        while (last >= 0 && counts[last] == 0)
        {
            last--;
        }

        if (last < 0)
        {
            return null;
        }

        var bytes = new List<byte>(last + 4);
        for (var i = 0; i <= last; i++)
        {
            var count = (ulong)counts[i];
            for (; count >= 0x80; count >>= 7)
            {
                bytes.Add((byte)(count | 0x80));
            }

            bytes.Add((byte)count);
        }

        return [.. bytes];
    }

    /// <summary>Ends where the bytes end.</summary>
    public static IReadOnlyList<long> Read(byte[] bytes)
    {
        var counts = new List<long>(bytes.Length);
        var (count, shift) = (0UL, 0);
        foreach (var part in bytes)
        {
            count |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                counts.Add((long)count);
                (count, shift) = (0, 0);
            }
        }

        return counts;
    }
}
