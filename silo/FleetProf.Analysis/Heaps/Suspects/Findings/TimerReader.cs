namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>
/// Timers that are set, by what they call. The runtime's timer refers to its callback and to its state: the callback's target is of the
/// program, or the state is, when the callback is static.
/// </summary>
internal static class TimerReader
{
    private const int ManyTimers = 50;

    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var timers = new Dictionary<int, (long Count, HashSet<int> Targets)>();
        foreach (var node in heap.Nodes(shape => shape is { IsFramework: true, IsArray: false } && shape.Stem.EndsWith("TimerQueueTimer", StringComparison.Ordinal)))
        {
            if (TargetOf(heap, node) is >= 0 and var target)
            {
                var (count, targets) = timers.GetValueOrDefault(heap.TypeOf(target), (0, []));
                targets.Add(target);
                timers[heap.TypeOf(target)] = (count + 1, targets);
            }
        }

        foreach (var (type, (count, targets)) in timers)
        {
            var retained = targets.Sum(target => heap.Tree.RetainedBytes(target));
            if (count >= ManyTimers || heap.IsHeavy(retained))
            {
                var name = heap.Types.Names[type].Name;
                var sentence = $"{Wording.Count(count)} timers are set that call {TypeShape.Display(name)}; their targets retain {Wording.Bytes(retained)}. A timer keeps its target alive until it is disposed.";
                yield return new HeapFinding(LeakPattern.Timers, sentence, name, count, retained, "");
            }
        }
    }

    private static int TargetOf(ReadHeap heap, int timer)
    {
        var fallback = -1;
        foreach (var reference in heap.Graph.References(timer))
        {
            var shape = heap.ShapeOf(reference);
            var candidate = shape.IsDelegate ? EventReader.TargetOf(heap, reference) : reference;
            if (candidate < 0 || heap.ShapeOf(candidate).Stem is "System.Threading.TimerQueue" or "System.Threading.TimerQueueTimer" or "TimerQueueTimer" or "System.Threading.ExecutionContext")
            {
                continue;
            }

            if (heap.ShapeOf(candidate).IsApplication)
            {
                return candidate;
            }

            fallback = fallback < 0 && !heap.ShapeOf(candidate).IsClosure ? candidate : fallback;
        }

        return fallback;
    }
}
