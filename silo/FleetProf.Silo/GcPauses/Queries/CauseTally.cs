using System.Runtime.InteropServices;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>What an answer about causes needs of windows, taken from one after the other: the pauses of each cause, and the longest GC of each.</summary>
internal sealed class CauseTally
{
    private readonly TrendStep pauses = new(0, "");
    private readonly Dictionary<PauseCause, LongestGc> longest = [];
    private readonly HashSet<string> instances = new(StringComparer.Ordinal);

    /// <summary>Ids of those that have exemplars.</summary>
    public IReadOnlyCollection<string> Instances => instances;

    /// <summary>Keeps nothing of a window once the next one is asked for.</summary>
    public static CauseTally Of(IEnumerable<FleetWindow> windows)
    {
        var tally = new CauseTally();
        foreach (var window in windows)
        {
            tally.Add(window.Sum);
        }

        return tally;
    }

    /// <summary>As of the windows of all, in this order; they stay as they are.</summary>
    public static CauseTally Merge(IEnumerable<CauseTally> parts)
    {
        var all = new CauseTally();
        foreach (var part in parts)
        {
            all.Add(part.pauses.ToWindow().Sum);
            all.instances.UnionWith(part.instances);
            foreach (var (cause, gc) in part.longest)
            {
                all.Keep(cause, gc);
            }
        }

        return all;
    }

    /// <summary>All causes that had pauses, the most pause time first.</summary>
    public IReadOnlyList<PausesOfCause> Pauses() => PausesOfCause.Of(pauses);

    /// <summary>Null where no exemplar had this cause.</summary>
    public LongestGc? LongestOf(PauseCause cause) => longest.GetValueOrDefault(cause);

    private void Add(PauseWindow window)
    {
        // The pauses alone, and at one time: a step remembers how many instances there were at each.
        pauses.Add([new PauseWindow { InstanceId = "", StartMs = 0, WindowMs = 0, Sketches = window.Sketches }]);

        // Every one, not the longest of all: a rarer cause would have none among those.
        foreach (var gc in window.Longest)
        {
            instances.Add(gc.InstanceId);
            Keep(LongGcs.CauseOf(gc), gc);
        }
    }

    private void Keep(PauseCause cause, LongestGc gc)
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(longest, cause, out _);
        kept = kept is null ? gc : gc.PauseMs < kept.PauseMs ? kept : LongestGc.Top([kept, gc], 1)[0];
    }
}
