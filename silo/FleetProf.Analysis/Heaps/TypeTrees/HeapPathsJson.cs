using System.Text.Json;

namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>heap.paths.json: for the types that retain most, why they are alive, who refers to them and to whom they refer.</summary>
public static class HeapPathsJson
{
    private const int MaxTypes = 40;
    private const int MaxNeighbours = 10;

    /// <param name="graph">The heap.</param>
    /// <param name="paths">Its shortest paths by type.</param>
    /// <param name="retainedBytes">Per type group.</param>
    /// <param name="wanted">Type groups that must be among them.</param>
    /// <param name="output">Where to.</param>
    public static void Write(HeapGraph graph, TypeTree paths, long[] retainedBytes, IEnumerable<int> wanted, Stream output)
    {
        var heaviest = Enumerable.Range(0, retainedBytes.Length).Where(type => retainedBytes[type] > 0).OrderByDescending(type => retainedBytes[type]).Take(MaxTypes);
        var selected = wanted.Concat(heaviest).Distinct().ToList();
        var references = TypeReferences.Of(graph, paths.Types, selected);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteBoolean("isComplete", graph.Completeness.IsComplete);
        json.WriteString("incompleteReason", graph.Completeness.Reason);
        json.WriteStartArray("rows");
        foreach (var type in selected)
        {
            json.WriteStartObject();
            WriteType(json, paths.Types, type);
            json.WriteNumber("retainedBytes", retainedBytes[type]);
            json.WriteStartArray("paths");
            foreach (var path in RetentionPaths.Of(paths, type))
            {
                WritePath(json, paths, path);
            }

            json.WriteEndArray();
            WriteNeighbours(json, "incoming", paths.Types, references.Incoming(type, MaxNeighbours));
            WriteNeighbours(json, "outgoing", paths.Types, references.Outgoing(type, MaxNeighbours));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, TypeGroups types, int type)
    {
        json.WriteString("type", types.Names[type].Name);
        json.WriteString("module", types.Names[type].Module);
    }

    private static void WritePath(Utf8JsonWriter json, TypeTree paths, RetentionPath path)
    {
        json.WriteStartObject();
        json.WriteNumber("objects", path.Objects);
        json.WriteNumber("shallowBytes", path.Bytes);
        json.WriteNumber("ways", path.Ways);
        json.WriteNumber("sharedTail", path.SharedTail);
        json.WriteStartArray("steps");
        foreach (var row in path.Steps)
        {
            json.WriteStringValue(paths.Name(row));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNeighbours(Utf8JsonWriter json, string name, TypeGroups types, IReadOnlyList<(int Type, long References)> neighbours)
    {
        json.WriteStartArray(name);
        foreach (var (type, references) in neighbours)
        {
            json.WriteStartObject();
            WriteType(json, types, type);
            json.WriteNumber("references", references);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
