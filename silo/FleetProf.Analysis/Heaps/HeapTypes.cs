using System.Text.Json;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Heaps;

/// <summary>Objects and bytes by type, heaviest first. Types that the runtime loaded more than once under one name are one row.</summary>
public static class HeapTypes
{
    /// <param name="graph">The heap.</param>
    /// <param name="types">Its type groups.</param>
    /// <param name="retainedBytes">Per type group; null leaves retained sizes out.</param>
    public static IReadOnlyList<HeapTypeRow> Of(HeapGraph graph, TypeGroups types, long[]? retainedBytes = null)
    {
        var counts = new long[types.Count];
        var bytes = new long[types.Count];
        for (var node = 0; node < graph.NodeCount; node++)
        {
            var type = types[graph.TypeIndex[node]];
            counts[type]++;
            bytes[type] += graph.ShallowBytes[node];
        }

        return
        [
            .. Enumerable.Range(0, counts.Length).Where(type => counts[type] > 0)
                .Select(type => new HeapTypeRow(types.Names[type].Name, types.Names[type].Module, counts[type], bytes[type], retainedBytes?[type]))
                .OrderByDescending(row => row.ShallowBytes).ThenBy(row => row.Type, StringComparer.Ordinal),
        ];
    }

    public static void WriteJson(HeapGraph graph, IReadOnlyList<HeapTypeRow> rows, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("objectCount", graph.NodeCount);
        json.WriteNumber("edgeCount", graph.EdgeCount);
        json.WriteNumber("rootCount", graph.Roots.Count);
        json.WriteNumber("heapBytes", graph.HeapBytes);
        json.WriteBoolean("isComplete", graph.Completeness.IsComplete);
        json.WriteString("incompleteReason", graph.Completeness.Reason);
        WriteFidelity(json, HeapFidelity.Of(graph));
        json.WriteStartArray("rows");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("type", row.Type);
            json.WriteString("module", row.Module);
            json.WriteNumber("count", row.Count);
            json.WriteNumber("shallowBytes", row.ShallowBytes);
            if (row.RetainedBytes is { } retained)
            {
                json.WriteNumber("retainedBytes", retained);
            }

            json.WriteEndObject();
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFidelity(Utf8JsonWriter json, HeapFidelity fidelity)
    {
        if (fidelity.Score is { } score)
        {
            json.WriteNumber("fidelity", score);
        }

        json.WriteString("fidelitySentence", fidelity.Sentence);
    }

    public static void WriteCsv(IReadOnlyList<HeapTypeRow> rows, TextWriter output)
    {
        CsvWriter.WriteRow(output, "Type", "Module", "Count", "Shallow bytes", "Retained bytes");
        foreach (var row in rows)
        {
            CsvWriter.WriteRow(output, row.Type, row.Module, row.Count, row.ShallowBytes, row.RetainedBytes);
        }
    }
}
