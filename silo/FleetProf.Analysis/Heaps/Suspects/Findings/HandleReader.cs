namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>What waits for its finalizer, and what handles pin.</summary>
internal static class HandleReader
{
    private const int ManyObjects = 100;

    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var (waiting, bytes) = (new Dictionary<int, long>(), 0L);
        foreach (var node in heap.Tree.Nodes.AsSpan(heap.Tree.AliveCount, heap.Tree.ReachableCount - heap.Tree.AliveCount))
        {
            waiting[heap.TypeOf(node)] = waiting.GetValueOrDefault(heap.TypeOf(node)) + 1;
            bytes += heap.Graph.ShallowBytes[node];
        }

        var pinned = new Dictionary<int, long>();
        long pinnedBytes = 0;
        foreach (var node in heap.Graph.Roots.Where(root => root.Kind == HeapRootKind.PinnedHandle).Select(root => root.Node).Distinct())
        {
            pinned[heap.TypeOf(node)] = pinned.GetValueOrDefault(heap.TypeOf(node)) + 1;
            pinnedBytes += heap.Graph.ShallowBytes[node];
        }

        HeapFinding?[] findings =
        [
            Finding(heap, LeakPattern.FinalizerQueue, waiting, bytes, "are dead but wait for their finalizers or for one that does, with", "An object with a finalizer lives one collection longer; dispose it, or see what blocks the finalizer thread."),
            Finding(heap, LeakPattern.PinnedHandles, pinned, pinnedBytes, "are pinned by handles, with", "A pinned object cannot be moved, which leaves holes in the heap."),
        ];
        return findings.OfType<HeapFinding>();
    }

    private static HeapFinding? Finding(ReadHeap heap, LeakPattern kind, Dictionary<int, long> counts, long bytes, string what, string advice)
    {
        var all = counts.Values.Sum();
        if (all < ManyObjects && !heap.IsHeavy(bytes))
        {
            return null;
        }

        var (type, count) = counts.MaxBy(pair => pair.Value);
        var name = heap.Types.Names[type].Name;
        var sentence = $"{Wording.Count(all)} objects {what} {Wording.Bytes(bytes)}, {(2 * count > all ? "most of them" : "among them")} {TypeShape.Display(name)} ({Wording.Count(count)}). {advice}";
        return new HeapFinding(kind, sentence, name, all, bytes, "");
    }
}
