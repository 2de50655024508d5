using System.Text.Json;

namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>heap.dominators.json: the heaviest rows of a type tree of dominators, each behind its parent.</summary>
public static class TypeTreeJson
{
    public const int MaxRows = 2_000;

    /// <summary>Lighter rows tell nobody anything.</summary>
    private const double MinimumShare = 0.0001;

    public static void Write(HeapGraph graph, TypeTree tree, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("heapBytes", graph.HeapBytes);
        json.WriteNumber("reachableBytes", tree.TotalBytes(0));
        json.WriteBoolean("isComplete", graph.Completeness.IsComplete);
        json.WriteString("incompleteReason", graph.Completeness.Reason);
        json.WriteStartArray("rows");
        var chosen = Heaviest(tree);
        foreach (var row in chosen.Keys)
        {
            WriteRow(json, tree, row, chosen);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Keys in the order of writing, values are the numbers under which readers know them.
    private static Dictionary<int, int> Heaviest(TypeTree tree)
    {
        var chosen = new Dictionary<int, int>();
        var open = new PriorityQueue<int, long>();
        open.Enqueue(0, 0);
        while (chosen.Count < MaxRows && open.TryDequeue(out var row, out _))
        {
            chosen.Add(row, chosen.Count);
            foreach (var child in tree.Children(row))
            {
                if (tree.TotalBytes(child) < tree.TotalBytes(0) * MinimumShare)
                {
                    break;
                }

                open.Enqueue(child, -tree.TotalBytes(child));
            }
        }

        return chosen;
    }

    private static void WriteRow(Utf8JsonWriter json, TypeTree tree, int row, Dictionary<int, int> chosen)
    {
        json.WriteStartObject();
        json.WriteNumber("id", chosen[row]);
        json.WriteNumber("parent", row == 0 ? -1 : chosen[tree[row].Parent]);
        json.WriteNumber("depth", tree[row].Depth);
        json.WriteString("kind", row == 0 ? "heap" : tree[row].Type == TypeTree.NoType ? "holder" : "type");
        json.WriteString("name", tree.Name(row));
        json.WriteString("module", tree.Module(row));
        json.WriteNumber("count", tree[row].Objects);
        json.WriteNumber("shallowBytes", tree[row].ShallowBytes);
        json.WriteNumber("retainedBytes", tree.TotalBytes(row));
        long omitted = 0;
        var omittedRows = 0;
        foreach (var child in tree.Children(row))
        {
            if (!chosen.ContainsKey(child))
            {
                omitted += tree.TotalBytes(child);
                omittedRows++;
            }
        }

        json.WriteNumber("omittedChildren", omittedRows);
        json.WriteNumber("omittedBytes", omitted);
        json.WriteEndObject();
    }
}
