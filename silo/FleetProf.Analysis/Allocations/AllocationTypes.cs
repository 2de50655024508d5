using System.Text.Json;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations;

/// <summary>Allocation by type, heaviest first; of Go, whose profiles know no types, by the function that allocates.</summary>
public sealed class AllocationTypes(AllocationSource source)
{
    private readonly Dictionary<string, (double Bytes, double Objects, long Samples)> _byType = [];

    public AllocationSource Source => source;

    public long SampleCount { get; private set; }

    /// <summary>Adds one sample that stands for so many bytes and objects.</summary>
    public void Add(string type, double bytes, double objects) => Add(type, bytes, objects, samples: 1);

    /// <summary>Adds so many samples that together stand for so many bytes and objects.</summary>
    public void Add(string type, double bytes, double objects, long samples)
    {
        var sum = _byType.GetValueOrDefault(type);
        _byType[type] = (sum.Bytes + bytes, sum.Objects + objects, sum.Samples + samples);
        SampleCount += samples;
    }

    public IReadOnlyList<AllocationTypeRow> Rows() =>
        [.. _byType.Select(pair => Row(pair.Key, pair.Value)).OrderByDescending(row => row.Bytes).ThenBy(row => row.Type, StringComparer.Ordinal)];

    public void WriteJson(Stream output, TimeSpan duration)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("source", source switch { AllocationSource.Sampled => "allocationSampled", AllocationSource.HeapProfile => "goHeapProfile", _ => "allocationTick" });
        json.WriteBoolean("isBiased", source == AllocationSource.Tick);
        json.WriteNumber("sampleCount", SampleCount);
        json.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
        json.WriteNumber("totalBytes", Math.Round(_byType.Values.Sum(sum => sum.Bytes)));
        json.WriteStartArray("rows");
        foreach (var row in Rows())
        {
            WriteRow(json, row);
            json.HandOn();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WriteCsv(TextWriter output)
    {
        CsvWriter.WriteRow(output, "Type", "Bytes", "Objects", "Samples", "Relative error", "Source");
        foreach (var row in Rows())
        {
            CsvWriter.WriteRow(output, row.Type, Math.Round(row.Bytes), row.Objects is { } objects ? Math.Round(objects) : null, row.Samples, row.RelativeError, source.ToString());
        }
    }

    private static void WriteRow(Utf8JsonWriter json, AllocationTypeRow row)
    {
        json.WriteStartObject();
        json.WriteString("type", row.Type);
        json.WriteNumber("bytes", Math.Round(row.Bytes));
        WriteNullable(json, "objects", row.Objects is { } objects ? Math.Round(objects) : null);
        json.WriteNumber("samples", row.Samples);
        WriteNullable(json, "relativeError", row.RelativeError is { } error ? Math.Round(error, 4) : null);
        json.WriteBoolean("isLowConfidence", row.IsLowConfidence);
        json.WriteEndObject();
    }

    private static void WriteNullable(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private AllocationTypeRow Row(string type, (double Bytes, double Objects, long Samples) sum) => new()
    {
        Type = type,
        Bytes = sum.Bytes,
        Objects = source != AllocationSource.Tick ? sum.Objects : null,
        Samples = sum.Samples,
        RelativeError = source != AllocationSource.Tick ? SampleConfidence.RelativeError(sum.Samples) : null,
        IsLowConfidence = sum.Samples < SampleConfidence.ConfidentSamples,
    };
}
