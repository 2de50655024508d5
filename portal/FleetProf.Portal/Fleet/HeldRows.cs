using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>
/// Keeps rows in their places while somebody points at them, goes through them by keys or has scrolled; their figures stay
/// live. What would have come meanwhile is counted and appears when the rows are let go.
/// </summary>
public sealed class HeldRows
{
    private HashSet<string> _keys = [];

    public IReadOnlyList<FleetRow> Rows { get; private set; } = [];

    /// <summary>Rows that wait to appear.</summary>
    public int NewCount { get; private set; }

    /// <summary>True when letting go would change the order or drop rows.</summary>
    public bool IsBehind { get; private set; }

    public void Show(FleetView view)
    {
        (Rows, NewCount, IsBehind) = (view.Rows, 0, false);
        _keys = view.Rows.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Takes over figures only.</summary>
    /// <param name="view">What would be shown.</param>
    /// <param name="snapshot">Of which the view is: it says what became of rows that have left the view.</param>
    public void Refresh(FleetView view, FleetSnapshot snapshot)
    {
        NewCount = view.Rows.Count(row => !_keys.Contains(row.Key));
        IsBehind = NewCount > 0 || view.Rows.Count != Rows.Count || !view.Rows.Select(row => row.Key).SequenceEqual(Rows.Select(row => row.Key), StringComparer.Ordinal);
        var shown = view.Rows.ToDictionary(row => row.Key, StringComparer.Ordinal);
        Rows = [.. Rows.Select(row => shown.TryGetValue(row.Key, out var now) ? now : Left(row, snapshot))];
    }

    /// <summary>The snapshot holds what is live, so that a process it does not know has ended.</summary>
    private static FleetRow Left(FleetRow row, FleetSnapshot snapshot) => row switch
    {
        { Instance: { } instance } => row with { Instance = snapshot.Instances.TryGetValue(instance.InstanceId, out var now) ? now : Ended(instance) },
        { Total: { } total } => row with { Total = new() { Service = total.Service, InstanceCount = 0, LastSeenAt = total.LastSeenAt } },
        _ => row,
    };

    private static Instance Ended(Instance instance) => instance with { State = InstanceState.Ended, Problem = InstanceProblem.None, ProblemDetail = null, Vitals = null };
}
