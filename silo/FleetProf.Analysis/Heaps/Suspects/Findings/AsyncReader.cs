namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>Asynchronous calls that had not completed, by the method a programmer wrote. A snapshot does not say for how long they wait.</summary>
internal static class AsyncReader
{
    private const int ManyCalls = 50;

    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var calls = new Dictionary<int, long>();
        foreach (var node in heap.Nodes(shape => shape is { IsFramework: true, IsArray: false } && shape.Stem.EndsWith("StateMachineBox", StringComparison.Ordinal)))
        {
            calls[heap.TypeOf(node)] = calls.GetValueOrDefault(heap.TypeOf(node)) + 1;
        }

        foreach (var (type, count) in calls)
        {
            // Calls of one method that wait for each other, be it through others, hold the same bytes.
            var (name, retained) = (heap.Types.Names[type].Name, heap.RetainedByType[type]);
            if (count >= ManyCalls || heap.IsHeavy(retained))
            {
                var sentence = $"{Wording.Count(count)} {(count == 1 ? "call" : "calls")} of {AsyncMethodName.Of(name) ?? TypeShape.Display(name)} had not completed when the snapshot was taken; "
                    + $"{(count == 1 ? "it retains" : "they retain")} {Wording.Bytes(retained)}. A call keeps its locals alive until what it awaits completes.";
                yield return new HeapFinding(LeakPattern.AsyncMethods, sentence, name, count, retained, "");
            }
        }
    }
}
