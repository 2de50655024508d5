namespace FleetProf.Portal.Fleet;

/// <summary>
/// Keeps rows in their places while somebody points at them or has scrolled; their figures stay live. What would have
/// come meanwhile is counted and appears when the rows are let go.
/// </summary>
public sealed class HeldRows
{
    private Dictionary<string, FleetRow> _byKey = [];

    public IReadOnlyList<FleetRow> Rows { get; private set; } = [];

    /// <summary>Rows that wait to appear.</summary>
    public int NewCount { get; private set; }

    /// <summary>True when letting go would change the order or drop rows.</summary>
    public bool IsBehind { get; private set; }

    public void Show(FleetView view)
    {
        (Rows, NewCount, IsBehind) = (view.Rows, 0, false);
        _byKey = view.Rows.ToDictionary(row => row.Key, StringComparer.Ordinal);
    }

    /// <summary>Takes over figures only.</summary>
    public void Refresh(FleetView view)
    {
        NewCount = view.Rows.Count(row => !_byKey.ContainsKey(row.Key));
        IsBehind = NewCount > 0 || view.Rows.Count != Rows.Count || !view.Rows.Select(row => row.Key).SequenceEqual(Rows.Select(row => row.Key), StringComparer.Ordinal);
        foreach (var row in view.Rows.Where(row => _byKey.ContainsKey(row.Key)))
        {
            _byKey[row.Key] = row;
        }

        Rows = [.. Rows.Select(row => _byKey[row.Key])];
    }
}
