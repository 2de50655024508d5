namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>
/// Events with many subscribers. A delegate with several targets refers to itself and to an array of delegates of its own type: that is
/// how it is told from everything else, whatever its type is called.
/// </summary>
internal static class EventReader
{
    private const int ManySubscribers = 100;

    /// <summary>A delegate has no more references than this: itself, its list, a method or a target.</summary>
    private const int MaxReferences = 4;

    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        foreach (var node in heap.Nodes(shape => !shape.IsArray && !shape.IsPayload))
        {
            var references = heap.Graph.References(node);
            if (references.Length is < 2 or > MaxReferences || !references.Contains(node) || ListOf(heap, node) is not { } list)
            {
                continue;
            }

            var subscribers = heap.Graph.References(list).Length;
            if (subscribers >= ManySubscribers || heap.IsHeavy(heap.Tree.RetainedBytes(node)))
            {
                yield return Finding(heap, node, list, subscribers);
            }
        }
    }

    private static int? ListOf(ReadHeap heap, int node)
    {
        var type = heap.TypeOf(node);
        foreach (var target in heap.Graph.References(node))
        {
            var elements = heap.Graph.References(target);
            if (heap.ShapeOf(target) is { IsArray: true, Stem: "System.Object" } && elements.Length >= 2 && heap.TypeOf(elements[0]) == type && heap.TypeOf(elements[^1]) == type)
            {
                return target;
            }
        }

        return null;
    }

    private static HeapFinding Finding(ReadHeap heap, int node, int list, int subscribers)
    {
        var targets = new Dictionary<int, long>();
        foreach (var subscriber in heap.Graph.References(list))
        {
            var target = TargetOf(heap, subscriber);
            if (target >= 0)
            {
                targets[heap.TypeOf(target)] = targets.GetValueOrDefault(heap.TypeOf(target)) + 1;
            }
        }

        var (retained, holder) = (heap.Tree.RetainedBytes(node), heap.HolderOf(node));
        var (type, count) = targets.Count > 0 ? targets.MaxBy(pair => pair.Value) : new(heap.TypeOf(node), subscribers);
        var name = heap.Types.Names[type].Name;
        var whose = holder.Length == 0 ? "An event" : $"The event in {holder}";
        var sentence = $"{whose} ({TypeShape.Display(heap.NameOf(node))}) has {Wording.Count(subscribers)} subscribers, {Wording.Count(count)} of them {TypeShape.Display(name)}; "
            + $"it retains {Wording.Bytes(retained)}. A subscriber stays alive until it unsubscribes or the event's owner dies.";
        return new HeapFinding(LeakPattern.EventHandlers, sentence, name, count, retained, holder);
    }

    /// <summary>What a delegate calls its method on; -1 for a static method.</summary>
    public static int TargetOf(ReadHeap heap, int subscriber)
    {
        foreach (var target in heap.Graph.References(subscriber))
        {
            if (target != subscriber)
            {
                return target;
            }
        }

        return -1;
    }
}
