using FleetProf.Analysis.Heaps.Suspects.Findings;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>A suspect as a person would report it.</summary>
internal static class SuspectSentence
{
    public static string Of(Accumulation place, LeakPattern pattern, string holder, double share)
    {
        var (tree, culprit) = (place.Tree, place.Culprit());
        var isOne = tree[culprit].Objects == 1;
        // Delegates and closures, say, may stand between the place and what there is to look at: their bytes are not its.
        var above = culprit == place.Row ? "" : $"{Wording.Bytes(tree.TotalBytes(culprit))}, with the {Wording.Objects(tree[place.Row].Objects, tree.Name(place.Row))} above {(isOne ? "it" : "them")} ";
        var what = Wording.Sentence($"{Wording.Objects(tree[culprit].Objects, tree.Name(culprit))} {(isOne ? "retains" : "retain")} "
            + $"{above}{Wording.Bytes(place.Bytes)} ({Wording.Percent(share)} of the heap)");
        var method = pattern == LeakPattern.AsyncMethods ? place.Way().Select(row => tree[row].Type == TypeTree.NoType ? null : AsyncMethodName.Of(tree.Name(row))).LastOrDefault(name => name is not null) : null;
        return $"{what}{Gathering(place, pattern)}, held by {holder}. {Advice(pattern, method)}".TrimEnd();
    }

    /// <summary>"the static field cache, through Shop.Registry".</summary>
    /// <param name="place">Where the objects gather.</param>
    /// <param name="several">Names those that hold it together, when nobody holds it alone.</param>
    public static string Holder(Accumulation place, Func<int, string> several)
    {
        var holder = place.Holder();
        var root = holder.Kind switch
        {
            HeapRootKind.StaticField or HeapRootKind.ThreadStaticField => $"the {holder}{OfType(place)}",
            null => several(place.Tree[place.Culprit()].Type),
            _ => holder.ToString(),
        };
        var owners = place.Owners().Select(row => TypeShape.Display(place.Tree.Name(row))).TakeLast(2).Distinct().ToList();
        return owners.Count == 0 ? root : $"{root} through {string.Join(" and ", owners)}";
    }

    // The class that declares the field is not in a snapshot; the type of its value is.
    private static string OfType(Accumulation place)
    {
        var path = place.Tree.PathTo(place.Row);
        return path.Count > 1 && path[1] != place.Culprit() ? $" (a {TypeShape.Display(place.Tree.Name(path[1]))})" : "";
    }

    private static string Gathering(Accumulation place, LeakPattern pattern)
    {
        if (!place.IsJump || place.Tree[place.Tree[place.Row].Parent].Type == TypeTree.NoType)
        {
            return pattern == LeakPattern.LinkedObjects ? ", each leading to the next" : "";
        }

        var parent = place.Tree[place.Row].Parent;
        var where = Wording.Objects(place.Tree[parent].Objects, place.Tree.Name(parent));
        return pattern switch
        {
            LeakPattern.EventHandlers => $"; they are subscribers of an event and gather in {where}",
            LeakPattern.LinkedObjects => $", each leading to the next, below {where}",
            _ => $"; they gather in {where}",
        };
    }

    private static string Advice(LeakPattern pattern, string? method) => pattern switch
    {
        LeakPattern.EventHandlers => "A subscriber stays alive until it unsubscribes or the event's owner dies.",
        LeakPattern.Collection => "The collection keeps every element until it is removed.",
        LeakPattern.ConcurrentDictionary => "A ConcurrentDictionary used as a cache keeps every entry until it is removed.",
        LeakPattern.Timers => "A timer keeps its target alive until it is disposed.",
        LeakPattern.AsyncMethods => method is null ? "Asynchronous calls that have not completed keep their locals alive." : $"Calls of {method} had not completed when the snapshot was taken; they keep their locals alive.",
        LeakPattern.CancellationCallbacks => "A token keeps a registered callback alive until the registration is disposed or its source is gone.",
        LeakPattern.FinalizerQueue => "They are dead but wait for their finalizers: dispose them, or see what blocks the finalizer thread.",
        LeakPattern.PinnedHandles => "A pinned object can neither move nor die until its handle is freed.",
        LeakPattern.LinkedObjects => "As long as the first is held, all are.",
        _ => "",
    };
}
