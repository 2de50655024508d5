using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>Collections that static fields hold, and ConcurrentDictionary caches whoever holds them, with what they mostly hold.</summary>
internal static class CollectionReader
{
    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var tree = heap.Dominators;
        for (var row = 1; row < tree.Count; row++)
        {
            if (tree[row].Type == TypeTree.NoType || !heap.IsHeavy(tree.TotalBytes(row)) || heap.Shape(tree[row].Type) is not { IsPlumbing: true } shape)
            {
                continue;
            }

            var holder = tree[tree[row].Parent].Type == TypeTree.NoType ? tree[tree[row].Parent].Holder : default;
            var isStatic = holder.Kind is HeapRootKind.StaticField or HeapRootKind.ThreadStaticField && (shape.IsCollection || shape.IsArray);
            var isCache = shape.IsCollection && shape.Stem.EndsWith("ConcurrentDictionary", StringComparison.Ordinal);
            if (isStatic || isCache)
            {
                yield return Finding(tree, row, isStatic ? $"the {holder}" : Owner(heap, row), isCache);
            }
        }
    }

    private static HeapFinding Finding(TypeTree tree, int row, string holder, bool isCache)
    {
        var place = new Accumulation(tree, row, IsJump: false);
        var content = place.Strongest().Culprit();
        var (count, type) = (tree[row].Objects, tree.Name(row));
        var held = holder.Length == 0 ? "" : $" in {holder}";
        var holds = content == row ? "" : $", mostly {Wording.Objects(tree[content].Objects, tree.Name(content))}";
        var entries = isCache && EntriesBelow(tree, row) is > 0 and var nodes ? $" has {Wording.Count(nodes)} entries and" : "";
        var sentence = Wording.Sentence($"{Wording.Objects(count, type)}{held}{(count == 1 ? entries : "")} {(count == 1 ? "retains" : "retain")} {Wording.Bytes(tree.TotalBytes(row))}{holds}.");
        return new HeapFinding(isCache ? LeakPattern.ConcurrentDictionary : LeakPattern.Collection, sentence, type, count, tree.TotalBytes(row), holder);
    }

    // Tables -> buckets -> Node: each entry is one Node.
    private static long EntriesBelow(TypeTree tree, int row)
    {
        for (var depth = 0; depth < 4; depth++)
        {
            row = tree.Children(row).ToArray().FirstOrDefault(child => TypeShape.Of(tree.Types.Names[tree[child].Type]).Stem is "Tables" or "VolatileNode" or "Node");
            if (row == 0)
            {
                return 0;
            }

            if (TypeShape.Of(tree.Types.Names[tree[row].Type]) is { Stem: "Node", IsArray: false })
            {
                return tree[row].Objects;
            }
        }

        return 0;
    }

    private static string Owner(ReadHeap heap, int row)
    {
        var tree = heap.Dominators;
        var path = tree.PathTo(row);
        var owner = path.LastOrDefault(step => step != row && tree[step].Type != TypeTree.NoType && heap.Shape(tree[step].Type).IsApplication);
        return owner > 0 ? TypeShape.Display(tree.Name(owner)) : tree[path[0]].Holder.Kind is null ? "" : tree.Name(path[0]);
    }
}
