using System.Text.Json;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>heap.diff.json: two snapshots, what changed by type, and by dominator path with a sentence each.</summary>
public static class HeapDiffJson
{
    public const int MaxTypes = 5_000;

    public static void Write(HeapDiff diff, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteBoolean("isComplete", diff.IsComplete);
        WriteState(json, "before", diff.Before);
        WriteState(json, "after", diff.After);
        json.WriteStartArray("paths");
        foreach (var path in diff.Paths)
        {
            WritePath(json, path, diff.IsComplete);
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var type in diff.Types.Count <= MaxTypes ? diff.Types : [.. diff.Types.Take(MaxTypes / 2), .. diff.Types.TakeLast(MaxTypes / 2)])
        {
            WriteType(json, type);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, string name, HeapState state)
    {
        json.WriteStartObject(name);
        json.WriteNumber("objectCount", state.Objects);
        json.WriteNumber("heapBytes", state.HeapBytes);
        json.WriteBoolean("isComplete", state.Completeness.IsComplete);
        json.WriteString("incompleteReason", state.Completeness.Reason);
        json.WriteBoolean("hasRetainedSizes", state.Dominators is not null);
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, TypeChange change)
    {
        json.WriteStartObject();
        json.WriteString("type", change.Type);
        json.WriteString("module", change.Module);
        json.WriteNumber("countBefore", change.Before.Count);
        json.WriteNumber("countAfter", change.After.Count);
        json.WriteNumber("shallowBytesBefore", change.Before.ShallowBytes);
        json.WriteNumber("shallowBytesAfter", change.After.ShallowBytes);
        if (change.RetainedGrowth is { } growth)
        {
            json.WriteNumber("retainedBytesBefore", change.Before.RetainedBytes ?? 0);
            json.WriteNumber("retainedBytesAfter", change.After.RetainedBytes ?? 0);
            json.WriteNumber("retainedGrowth", growth);
        }

        json.WriteNumber("newAtLeast", change.NewAtLeast);
        json.WriteNumber("deadAtLeast", change.DeadAtLeast);
        json.WriteNumber("survivedAtMost", change.SurvivedAtMost);
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, PathChange change, bool isComplete)
    {
        json.WriteStartObject();
        if (isComplete)
        {
            json.WriteString("sentence", change.Sentence);
        }

        json.WriteStartArray("steps");
        foreach (var step in change.Steps)
        {
            json.WriteStringValue(step);
        }

        json.WriteEndArray();
        json.WriteNumber("objectsBefore", change.ObjectsBefore);
        json.WriteNumber("objectsAfter", change.ObjectsAfter);
        json.WriteNumber("retainedBytesBefore", change.RetainedBefore);
        json.WriteNumber("retainedBytesAfter", change.RetainedAfter);
        json.WriteNumber("retainedGrowth", change.RetainedGrowth);
        json.WriteEndObject();
    }
}
