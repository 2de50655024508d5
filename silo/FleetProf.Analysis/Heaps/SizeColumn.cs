using System.Collections;
using System.Runtime.CompilerServices;

namespace FleetProf.Analysis.Heaps;

/// <summary>Bytes of each object, in four bytes each; the few that are larger than 2 GiB take more.</summary>
[CollectionBuilder(typeof(SizeColumn), nameof(Of))]
public sealed class SizeColumn : IReadOnlyList<long>
{
    private readonly Dictionary<int, long> _large;

    internal SizeColumn(int[] small, Dictionary<int, long> large)
    {
        (Small, _large) = (small, large);
        foreach (var size in small)
        {
            Total += Math.Max(size, 0);
        }

        Total = checked(Total + large.Values.Sum());
    }

    public int Count => Small.Length;

    /// <summary>Of all objects.</summary>
    public long Total { get; }

    /// <summary>Negative where the size does not fit.</summary>
    internal int[] Small { get; }

    public long this[int index] => Small[index] is >= 0 and var size ? size : _large[index];

    public static SizeColumn Of(ReadOnlySpan<long> sizes)
    {
        using var column = new Columns.GrowingSizes();
        foreach (var size in sizes)
        {
            column.Add(size);
        }

        return column.ToSizesAndDispose();
    }

    public IEnumerator<long> GetEnumerator()
    {
        for (var i = 0; i < Small.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
