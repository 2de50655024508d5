using System.Globalization;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>The rows of one snapshot that a page state asks for, in its order. Pure.</summary>
public sealed class FleetView
{
    public static readonly FleetView Empty = new();

    public IReadOnlyList<FleetRow> Rows { get; private init; } = [];

    /// <summary>Instances that pass the filters.</summary>
    public int ShownCount { get; private init; }

    /// <summary>Instances that are not ended.</summary>
    public int LiveCount { get; private init; }

    /// <summary>Instances that pass the filters, are not ended and cannot be watched now.</summary>
    public int TroubledCount { get; private init; }

    public static FleetView Of(FleetSnapshot snapshot, FleetPageState state)
    {
        var words = state.Search.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shown = snapshot.Instances.Values.Where(instance => Passes(instance, state) && words.All(word => Matches(instance, word))).ToList();
        return new()
        {
            ShownCount = shown.Count,
            TroubledCount = shown.Count(IsTroubled),
            LiveCount = snapshot.Instances.Values.Count(instance => instance.State != InstanceState.Ended),
            Rows = state.IsGrouped ? Grouped(shown, state) : [.. Sorted(shown, state).Select(RowOf)],
        };
    }

    private static bool IsTroubled(Instance instance) =>
        instance.State != InstanceState.Ended && (instance.Problem != InstanceProblem.None || instance.State == InstanceState.Unreachable);

    private static bool Passes(Instance instance, FleetPageState state) =>
        (state.Services.Count == 0 || state.Services.Contains(instance.Service))
        && (state.Versions.Count == 0 || state.Versions.Contains(instance.Version))
        && (state.States.Count == 0 ? instance.State != InstanceState.Ended : state.States.Contains(instance.State));

    private static bool Matches(Instance instance, string word)
    {
        return Has(instance.Service) || Has(instance.Version) || Has(instance.Host) || Has(instance.Pod) || Has(instance.Runtime) || Has(instance.InstanceId) || Has(instance.Environment)
            || instance.Pid.ToString(CultureInfo.InvariantCulture) == word
            || instance.Labels.Any(label => Has($"{label.Key}={label.Value}"));

        bool Has(string text) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static List<FleetRow> Grouped(List<Instance> shown, FleetPageState state)
    {
        var rows = new List<FleetRow>();
        var groups = shown.GroupBy(instance => instance.Service, StringComparer.Ordinal).Select(group => (Total: ServiceTotal.Of(group.Key, [.. group]), Instances: group));
        foreach (var (total, instances) in groups.OrderBy(group => group.Total, new FleetOrder(state)))
        {
            rows.Add(new() { Key = $"s:{total.Service}", Total = total });
            if (state.Opened.Contains(total.Service))
            {
                rows.AddRange(Sorted(instances, state).Select(RowOf));
            }
        }

        return rows;
    }

    private static IEnumerable<Instance> Sorted(IEnumerable<Instance> instances, FleetPageState state) => instances.OrderBy(instance => instance, new FleetOrder(state));

    private static FleetRow RowOf(Instance instance) => new() { Key = instance.InstanceId, Instance = instance };
}
