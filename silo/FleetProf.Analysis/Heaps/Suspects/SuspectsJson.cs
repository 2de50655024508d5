using System.Text.Json;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>heap.suspects.json: leak suspects and findings with their evidence.</summary>
public static class SuspectsJson
{
    private const string Note = "A snapshot holds types, sizes and references. It never holds the content of strings or fields, nor the class that declares a static field.";

    public static void Write(HeapGraph graph, HeapRetention retention, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("heapBytes", graph.HeapBytes);
        json.WriteNumber("reachableBytes", retention.Dominators.TotalBytes(0));
        json.WriteNumber("unreachableObjects", retention.UnreachableObjects);
        json.WriteBoolean("isComplete", graph.Completeness.IsComplete);
        json.WriteString("incompleteReason", graph.Completeness.Reason);
        json.WriteString("note", graph.Completeness.Caution is { } caution ? $"{Note} {caution}" : Note);
        json.WriteStartArray("rows");
        var order = retention.Dominators.BreadthFirst();
        var number = new int[order.Length];
        for (var id = 0; id < order.Length; id++)
        {
            number[order[id]] = id;
        }

        foreach (var suspect in retention.Suspects)
        {
            WriteSuspect(json, suspect, retention.Dominators.Types, number);
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in retention.Findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", Name(finding.Kind));
            json.WriteString("sentence", finding.Sentence);
            json.WriteString("type", finding.Type);
            json.WriteNumber("objects", finding.Objects);
            json.WriteNumber("retainedBytes", finding.RetainedBytes);
            json.WriteString("holder", finding.Holder);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSuspect(Utf8JsonWriter json, LeakSuspect suspect, TypeGroups types, int[] number)
    {
        json.WriteStartObject();
        json.WriteString("sentence", suspect.Sentence);
        json.WriteString("type", types.Names[suspect.Type].Name);
        json.WriteString("module", types.Names[suspect.Type].Module);
        json.WriteNumber("objects", suspect.Objects);
        json.WriteNumber("retainedBytes", suspect.RetainedBytes);
        json.WriteNumber("heapShare", Math.Round(suspect.HeapShare, 4));
        json.WriteBoolean("isAccumulation", suspect.IsAccumulation);
        json.WriteString("holder", suspect.Holder);
        json.WriteString("pattern", Name(suspect.Pattern));
        json.WriteStartArray("path");
        foreach (var step in suspect.Path)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteNumber("objects", step.Objects);
            json.WriteNumber("retainedBytes", step.RetainedBytes);
            if (step.Row >= 0)
            {
                // As heap.tree numbers them.
                json.WriteNumber("node", number[step.Row]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Name(LeakPattern pattern) => JsonNamingPolicy.CamelCase.ConvertName(pattern.ToString());
}
