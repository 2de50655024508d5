using System.Text.Json;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.GcPauses;

/// <summary>The GC table in PerfView's columns and order, as JSON (an array of objects keyed by column name) and CSV.</summary>
public static class GcTable
{
    private static readonly string[] GenerationNames = ["Gen0", "Gen1", "Gen2", "LOH", "POH"];

    private static readonly (string Name, Func<GcTableRow, object?> Value)[] Columns = [.. Leading(), .. PerGeneration(), .. Trailing()];

    public static void WriteJson(IReadOnlyList<GcTableRow> rows, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (name, value) in Columns)
            {
                json.WritePropertyName(name);
                WriteValue(json, value(row));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteCsv(IReadOnlyList<GcTableRow> rows, TextWriter output)
    {
        CsvWriter.WriteRow(output, Array.ConvertAll(Columns, column => (object?)column.Name));
        foreach (var row in rows)
        {
            CsvWriter.WriteRow(output, Array.ConvertAll(Columns, column => Finite(column.Value(row))));
        }
    }

    private static IEnumerable<(string, Func<GcTableRow, object?>)> Leading() =>
    [
        ("GC Index", row => row.Index),
        ("Pause Start", row => row.PauseStartMs),
        ("Trigger Reason", row => row.Reason),
        ("Gen", row => row.GenerationName),
        ("Suspend Msec", row => row.SuspendMs),
        ("Pause MSec", row => row.PauseMs),
        ("% Pause Time", row => row.PauseTimePercent),
        ("% GC", row => row.GcCpuPercent),
        ("Gen0 Alloc MB", row => row.AllocatedMB),
        ("Gen0 Alloc Rate MB/sec", row => row.AllocationRateMBPerSecond),
        ("Peak MB", row => row.PeakMB),
        ("After MB", row => row.AfterMB),
        ("Ratio Peak/After", row => row.RatioPeakAfter),
        ("Promoted MB", row => row.PromotedMB),
    ];

    private static IEnumerable<(string, Func<GcTableRow, object?>)> PerGeneration()
    {
        for (var i = 0; i < GenerationNames.Length; i++)
        {
            var generation = i;
            yield return ($"{GenerationNames[i]} MB", row => Generation(row, generation).AfterMB);
            yield return ($"{GenerationNames[i]} Survival Rate %", row => Generation(row, generation).SurvivalPercent);
            yield return ($"{GenerationNames[i]} Frag %", row => Generation(row, generation).FragmentationPercent);
        }
    }

    private static IEnumerable<(string, Func<GcTableRow, object?>)> Trailing() =>
    [
        ("Finalizable Surv MB", row => row.FinalizationSurvivedMB),
        ("Pinned Obj", row => row.PinnedObjects),
        ("Type", row => row.Type),
        ("Generation", row => row.Generation),
    ];

    private static GcGenerationColumns Generation(GcTableRow row, int generation) =>
        generation < row.Generations.Count ? row.Generations[generation] : default;

    private static object? Finite(object? value) => value switch
    {
        double number when !double.IsFinite(number) => null,
        double number => Math.Round(number, 3),
        _ => value,
    };

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (Finite(value))
        {
            case null:
                json.WriteNullValue();
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case var text:
                json.WriteStringValue(text.ToString());
                break;
        }
    }
}
