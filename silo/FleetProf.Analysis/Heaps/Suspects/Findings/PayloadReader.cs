using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects.Findings;

/// <summary>Strings and arrays of numbers by the program's type that dominates them: the type table alone only says that there are many.</summary>
internal static class PayloadReader
{
    public static IEnumerable<HeapFinding> Read(ReadHeap heap)
    {
        var tree = heap.Dominators;
        var owner = new int[tree.Count]; // per row: the nearest type of the program above or at it; 0 when there is none
        var held = new Dictionary<(int Owner, int Type), (long Objects, long Bytes)>();
        for (var row = 1; row < tree.Count; row++)
        {
            var type = tree[row].Type;
            if (type == TypeTree.NoType)
            {
                continue;
            }

            owner[row] = heap.Shape(type).IsApplication ? row : owner[tree[row].Parent];
            if (heap.Shape(type).IsPayload && owner[row] > 0)
            {
                var key = (tree[owner[row]].Type, type);
                var (objects, bytes) = held.GetValueOrDefault(key);
                held[key] = (objects + tree[row].Objects, bytes + tree[row].ShallowBytes);
            }
        }

        foreach (var ((ownerType, type), (objects, bytes)) in held.Where(pair => heap.IsHeavy(pair.Value.Bytes)))
        {
            var (holder, name) = (TypeShape.Display(heap.Types.Names[ownerType].Name), heap.Types.Names[type].Name);
            var sentence = Wording.Sentence($"{Wording.Objects(objects, name)} of {Wording.Bytes(bytes)} in all {(objects == 1 ? "is" : "are")} held by {holder}.");
            yield return new HeapFinding(LeakPattern.Payload, sentence, name, objects, bytes, holder);
        }
    }
}
