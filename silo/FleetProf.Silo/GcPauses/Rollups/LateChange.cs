using System.Data.Common;
using System.Runtime.InteropServices;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>What the late marks of one time lead to.</summary>
internal sealed record LateChange
{
    public required IReadOnlyList<PauseWindow> Instances { get; init; }

    public required IReadOnlyList<(ServiceVersion Group, FleetWindow Window)> Groups { get; init; }

    /// <summary>Services that have no instance any more at this time.</summary>
    public required IReadOnlyList<ServiceVersion> EmptyGroups { get; init; }

    public static LateChange Compute(DbConnection connection, LatePeriod late)
    {
        var below = TrendLevel.Below(late.LevelMs);
        var end = late.StartMs + late.LevelMs;
        var rolled = new List<PauseWindow>();

        // What it would be computed from may be gone: then only the sums over instances are made anew.
        if (late.StartMs >= TrendLevels.Read(connection).Of(below).KeptFrom)
        {
            using var finer = new RowReader(connection, below, withLongest: true);
            var windows = new List<PauseWindow>();
            foreach (var (instanceId, _) in late.Instances.OrderBy(mark => mark.InstanceId, StringComparer.Ordinal))
            {
                finer.Read(instanceId, late.StartMs, end, windows);
            }

            rolled = WindowRollup.ToLevel(CollectionsMarshal.AsSpan(windows), late.LevelMs);
        }

        var groups = late.Groups.Select(mark => mark.Group)
            .Concat(late.Instances.Select(mark => Membership.Of(connection, mark.InstanceId)).OfType<ServiceVersion>())
            .Distinct();
        var computed = rolled.ToDictionary(window => window.InstanceId, StringComparer.Ordinal);
        var (filled, empty) = (new List<(ServiceVersion, FleetWindow)>(), new List<ServiceVersion>());
        using var same = new RowReader(connection, late.LevelMs, withLongest: true);
        foreach (var group in groups)
        {
            var windows = WindowsOf(Membership.Members(connection, group, late.StartMs, end), computed, same, late);
            if (windows.Count == 0)
            {
                empty.Add(group);
            }
            else
            {
                filled.Add((group, FleetWindow.Of(windows, late.StartMs)));
            }
        }

        return new LateChange { Instances = rolled, Groups = filled, EmptyGroups = empty };
    }

    private static List<PauseWindow> WindowsOf(IReadOnlyList<string> members, Dictionary<string, PauseWindow> computed, RowReader stored, LatePeriod late)
    {
        var windows = new List<PauseWindow>();
        foreach (var member in members)
        {
            if (computed.TryGetValue(member, out var window))
            {
                windows.Add(window);
            }
            else
            {
                stored.Read(member, late.StartMs, late.StartMs + 1, windows);
            }
        }

        return windows;
    }
}
