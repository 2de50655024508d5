using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>How objects of one type refer to those of others, and the others to them.</summary>
public sealed unsafe class TypeReferences
{
    /// <summary>Pairs of types that are counted at most: the rest is of no weight.</summary>
    private const int MaxPairs = 1 << 20;

    /// <summary>Pairs that are counted beside the table of all, which is slower. A power of two.</summary>
    private const int RecentPairs = 1 << 12;

    /// <summary>References between asking for memory and using it.</summary>
    private const int Ahead = 32;

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
        var recent = new (int From, int To, long Count)[RecentPairs];
        var ahead = Math.Max(0, graph.EdgeCount - Ahead);
        fixed (int* typeOf = graph.TypeIndex, targets = graph.EdgeTarget)
        {
            for (var node = 0; node < graph.NodeCount; node++)
            {
                var from = types[typeOf[node]];
                for (var (edge, end) = (graph.EdgeStart[node], graph.EdgeStart[node + 1]); edge < end; edge++)
                {
                    Prefetch.Read(typeOf + (edge < ahead ? targets[edge + Ahead] : 0));
                    var to = types[typeOf[targets[edge]]];
                    if (isSelected[from] || isSelected[to])
                    {
                        ref var pair = ref recent[((from * 31) + to) & (RecentPairs - 1)];
                        if (pair.From != from || pair.To != to)
                        {
                            references.Add((pair.From, pair.To), pair.Count);
                            pair = (from, to, 0);
                        }

                        pair.Count++;
                    }
                }
            }
        }

        foreach (var (from, to, count) in recent)
        {
            references.Add((from, to), count);
        }

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
