namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>How objects of one type refer to those of others, and the others to them.</summary>
public sealed class TypeReferences
{
    /// <summary>Pairs of types that are counted at most: the rest is of no weight.</summary>
    private const int MaxPairs = 1 << 20;

    private readonly Dictionary<(int From, int To), long> _counts = [];

    /// <summary>Counts the references from and to some type groups in one pass over all references of the heap.</summary>
    public static TypeReferences Of(HeapGraph graph, TypeGroups types, IEnumerable<int> selected)
    {
        var isSelected = new bool[types.Count];
        foreach (var type in selected)
        {
            isSelected[type] = true;
        }

        var references = new TypeReferences();
        var (last, count) = ((From: -1, To: -1), 0L);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            var from = types[graph.TypeIndex[node]];
            foreach (var target in graph.References(node))
            {
                var to = types[graph.TypeIndex[target]];
                if (!isSelected[from] && !isSelected[to])
                {
                    continue;
                }

                if (last != (from, to))
                {
                    references.Add(last, count);
                    (last, count) = ((from, to), 0);
                }

                count++;
            }
        }

        references.Add(last, count);
        return references;
    }

    /// <summary>Types whose objects refer to those of this type, with the number of references, most first.</summary>
    public IReadOnlyList<(int Type, long References)> Incoming(int type, int limit) =>
        [.. _counts.Where(pair => pair.Key.To == type).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.From).Take(limit).Select(pair => (pair.Key.From, pair.Value))];

    /// <summary>Types to whose objects those of this type refer, with the number of references, most first.</summary>
    public IReadOnlyList<(int Type, long References)> Outgoing(int type, int limit) =>
        [.. _counts.Where(pair => pair.Key.From == type).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.To).Take(limit).Select(pair => (pair.Key.To, pair.Value))];

    private void Add((int From, int To) pair, long count)
    {
        if (count > 0 && (_counts.TryGetValue(pair, out var before) || _counts.Count < MaxPairs))
        {
            _counts[pair] = before + count;
        }
    }
}
