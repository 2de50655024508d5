namespace FleetProf.Portal.Layout;

/// <summary>By which column a table is sorted, as `sort` and `order` in the address say; null keeps the order of the source.</summary>
public sealed record TableOrder(string? Column, bool IsDescending)
{
    public static TableOrder Of(string? sort, string? order) => new(string.IsNullOrEmpty(sort) ? null : sort, order == "desc");

    /// <summary>Sorted by what <paramref name="valueOf"/> gives for this column, or as they came when it knows no such column. Empty values come last either way; equal rows keep their order.</summary>
    public IEnumerable<T> Apply<T>(IEnumerable<T> rows, Func<string, Func<T, IComparable?>?> valueOf)
    {
        if (Column is null || valueOf(Column) is not { } value)
        {
            return rows;
        }

        var known = rows.OrderBy(row => value(row) is null or "");
        return IsDescending ? known.ThenByDescending(value, Values.Instance) : known.ThenBy(value, Values.Instance);
    }

    private sealed class Values : IComparer<IComparable?>
    {
        public static readonly Values Instance = new();

        public int Compare(IComparable? x, IComparable? y) => x is string one && y is string other
            ? string.Compare(one, other, StringComparison.OrdinalIgnoreCase)
            : Comparer<IComparable?>.Default.Compare(x, y);
    }
}
