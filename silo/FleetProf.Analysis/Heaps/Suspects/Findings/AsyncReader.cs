namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>Asynchronous calls that had not completed, by the method a programmer wrote. A snapshot does not say for how long they wait.</summary>
internal static class AsyncReader
{
    private const int ManyCalls = 50;

    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var calls = new Dictionary<int, (long Count, long Retained)>();
        foreach (var node in heap.Nodes(shape => shape is { IsFramework: true, IsArray: false } && shape.Stem.EndsWith("StateMachineBox", StringComparison.Ordinal)))
        {
            var (count, retained) = calls.GetValueOrDefault(heap.TypeOf(node));
            // Calls of one method that wait for each other would count twice.
            var isNested = heap.Tree.ImmediateDominator(node) is >= 0 and var above && heap.TypeOf(above) == heap.TypeOf(node);
            calls[heap.TypeOf(node)] = (count + 1, retained + (isNested ? 0 : heap.Tree.RetainedBytes(node)));
        }

        foreach (var (type, (count, retained)) in calls)
        {
            var name = heap.Types.Names[type].Name;
            if (count >= ManyCalls || heap.IsHeavy(retained))
            {
                var sentence = $"{Wording.Count(count)} {(count == 1 ? "call" : "calls")} of {AsyncMethodName.Of(name) ?? TypeShape.Display(name)} had not completed when the snapshot was taken; "
                    + $"{(count == 1 ? "it retains" : "they retain")} {Wording.Bytes(retained)}. A call keeps its locals alive until what it awaits completes.";
                yield return new HeapFinding(LeakPattern.AsyncMethods, sentence, name, count, retained, "");
            }
        }
    }
}
