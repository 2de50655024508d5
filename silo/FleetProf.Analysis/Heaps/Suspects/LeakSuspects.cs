using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>
/// Finds what holds at least a tenth of the heap in one place: from each root down along everything that is heavy, to where many objects
/// gather below few, or to where the weight spreads. The idea is that of Eclipse MAT's leak report, with types in place of objects.
/// A large part of a heap may be there for good reason: a suspect is a place to look at, not a verdict.
/// </summary>
public static class LeakSuspects
{
    public const double MinimumShare = 0.1;
    public const int MaxSuspects = 10;

    /// <param name="graph">The heap.</param>
    /// <param name="dominators">The dominator tree by types.</param>
    /// <param name="retainedBytes">Per type group.</param>
    /// <param name="paths">The shortest paths by types.</param>
    /// <returns>What gathers comes before what is merely large, the heaviest first.</returns>
    public static IReadOnlyList<LeakSuspect> Of(HeapGraph graph, TypeTree dominators, long[] retainedBytes, TypeTree paths)
    {
        var places = new List<Accumulation>();
        var pending = new Stack<int>([0]);
        while (pending.TryPop(out var row))
        {
            Visit(dominators, row, pending, places);
        }

        var shared = places.Where(place => place.Holder().Kind is null).Select(place => dominators[place.Culprit()].Type).ToList();
        var references = shared.Count == 0 ? null : TypeReferences.Of(graph, dominators.Types, shared);
        var suspects = places.Select(place => Suspect(place, dominators.TotalBytes(0), type => SharedHolder(type, references!, paths))).ToList();
        suspects.AddRange(Scattered(dominators, retainedBytes, paths, suspects));
        return [.. suspects.OrderByDescending(suspect => suspect.IsAccumulation).ThenByDescending(suspect => suspect.RetainedBytes).Take(MaxSuspects)];
    }

    private static void Visit(TypeTree tree, int row, Stack<int> pending, List<Accumulation> places)
    {
        var threshold = Math.Max(1, tree.TotalBytes(0) * MinimumShare);
        var left = tree.TotalBytes(row);
        foreach (var child in tree.Children(row))
        {
            if (tree.TotalBytes(child) < threshold)
            {
                break;
            }

            left -= tree.TotalBytes(child);
            if (Accumulation.IsJumpTo(tree, child))
            {
                places.Add(new Accumulation(tree, child, IsJump: true).Strongest());
            }
            else
            {
                pending.Push(child);
            }
        }

        if (tree[row].Type != TypeTree.NoType && left >= threshold)
        {
            places.Add(new Accumulation(tree, row, IsJump: false));
        }
    }

    // Who refers to the objects is on different ways to the roots: each way that tells another name is told.
    private static string SharedHolder(int type, TypeReferences references, TypeTree paths)
    {
        const int fewReferrers = 4;
        const int fewHolders = 3;
        var referrers = references.Incoming(type, fewReferrers).Select(pair => pair.Type).Where(referrer => referrer != type);
        var ways = referrers.Prepend(type).SelectMany(referrer => RetentionPaths.Of(paths, referrer).Take(1));
        var holders = ways.Select(way => $"the {paths.Name(way.Steps[0])}").Distinct().Take(fewHolders).ToList();
        return holders.Count == 0 ? "several roots at once" : $"several roots at once, among them {string.Join(" and ", holders)}";
    }

    private static LeakSuspect Suspect(Accumulation place, long heapBytes, Func<int, string> shared)
    {
        var (tree, culprit, pattern, holder) = (place.Tree, place.Culprit(), place.Pattern(), SuspectSentence.Holder(place, shared));
        var share = (double)place.Bytes / heapBytes;
        return new LeakSuspect
        {
            Sentence = SuspectSentence.Of(place, pattern, holder, share),
            Type = tree[culprit].Type,
            Objects = tree[culprit].Objects,
            RetainedBytes = place.Bytes,
            HeapShare = share,
            IsAccumulation = place.IsJump,
            Holder = holder,
            Pattern = pattern,
            Path = [.. place.Way().Select(row => new SuspectStep(tree.Name(row), tree[row].Objects, tree.TotalBytes(row), row))],
        };
    }

    /// <summary>Types of the program that hold much together, but not in one place.</summary>
    private static IEnumerable<LeakSuspect> Scattered(TypeTree tree, long[] retainedBytes, TypeTree paths, IReadOnlyList<LeakSuspect> known)
    {
        var named = known.SelectMany(suspect => suspect.Path).Select(step => tree[step.Row].Type).ToHashSet();
        for (var type = 0; type < retainedBytes.Length; type++)
        {
            var name = tree.Types.Names[type];
            if (retainedBytes[type] < tree.TotalBytes(0) * MinimumShare || !TypeShape.Of(name).IsApplication || named.Contains(type))
            {
                continue;
            }

            var ways = RetentionPaths.Of(paths, type);
            var (objects, share) = (ObjectsOf(paths, type), (double)retainedBytes[type] / tree.TotalBytes(0));
            var (told, holder) = (ways.Take(2).Sum(way => way.Objects), string.Join(" and ", ways.Take(2).Select(way => paths.Name(way.Steps[0]))));
            yield return new LeakSuspect
            {
                Sentence = Wording.Sentence($"{Wording.Objects(objects, name.Name)} {(objects == 1 ? "retains" : "retain")} at least {Wording.Bytes(retainedBytes[type])} "
                    + $"({Wording.Percent(share)} of the heap) together, in many places; {(2 * told > objects ? "most" : "some")} are held by {holder}."),
                Type = type,
                Objects = objects,
                RetainedBytes = retainedBytes[type],
                HeapShare = share,
                IsAccumulation = false,
                Holder = holder,
                Pattern = LeakPattern.Other,
                Path = [.. (ways is [var first, ..] ? first.Steps : []).Select(row => new SuspectStep(paths.Name(row), paths[row].Objects, paths.TotalBytes(row)))],
            };
        }
    }

    // The ways do not speak for all of a type's objects.
    private static long ObjectsOf(TypeTree paths, int type) => Enumerable.Range(0, paths.Count).Where(row => paths[row].Type == type).Sum(row => paths[row].Objects);
}
