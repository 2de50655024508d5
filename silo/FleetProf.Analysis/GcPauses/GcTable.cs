using System.Text.Json;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.GcPauses;

/// <summary>The GC table in PerfView's columns and order, with causes behind them, as JSON (an array of objects keyed by column name) and CSV.</summary>
public static class GcTable
{
    private static readonly string[] GenerationNames = ["Gen0", "Gen1", "Gen2", "LOH", "POH"];

    private static readonly (string Name, Func<GcTableRow, object?> Value)[] Shared = [.. Leading(), .. PerGeneration(), .. Trailing()];

    private static readonly (string Name, Func<GcTableRow, object?> Value)[] Columns = [.. Shared, .. Causes()];

    private static readonly (string Name, Func<GcTableRow, object?> Value)[] ColumnsOfLogs = [.. Shared, .. OfLogs()];

    public static void WriteJson(IReadOnlyList<GcTableRow> rows, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        var columns = ColumnsFor(rows);
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (name, value) in columns)
            {
                json.WritePropertyName(name);
                WriteValue(json, value(row));
            }

            json.WriteEndObject();
            json.HandOn();
        }

        json.WriteEndArray();
    }

    public static void WriteCsv(IReadOnlyList<GcTableRow> rows, TextWriter output)
    {
        var columns = ColumnsFor(rows);
        CsvWriter.WriteRow(output, Array.ConvertAll(columns, column => (object?)column.Name));
        foreach (var row in rows)
        {
            CsvWriter.WriteRow(output, Array.ConvertAll(columns, column => Finite(column.Value(row))));
        }
    }

    private static (string Name, Func<GcTableRow, object?> Value)[] ColumnsFor(IReadOnlyList<GcTableRow> rows) => rows.Any(row => row.Log is not null) ? ColumnsOfLogs : Columns;

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

    private static IEnumerable<(string, Func<GcTableRow, object?>)> OfLogs() =>
    [
        ("Run", row => row.Log?.Run),
        ("Pauses", row => row.Log?.Pauses),
        ("Longest Pause MSec", row => row.Log?.LongestPauseMs),
        ("First Pause MSec", row => row.Log?.FirstPauseMs),
        ("Last Pause MSec", row => row.Log?.LastPauseMs),
        ("Concurrent MSec", row => row.Log?.ConcurrentMs),
        ("Goal MB", row => row.Log?.GoalMB),
        ("Capacity MB", row => row.Log?.CapacityMB),
        ("Assist CPU MSec", row => row.Log?.AssistCpuMs),
        ("Background CPU MSec", row => row.Log?.BackgroundCpuMs),
        ("Idle CPU MSec", row => row.Log?.IdleCpuMs),
        ("Processors", row => row.Log?.Processors),
    ];

    private static IEnumerable<(string, Func<GcTableRow, object?>)> Causes() =>
    [
        ("Cause", row => row.Cause?.Cause),
        ("Evidence", row => row.Cause?.Evidence),
        ("Usual Pause MSec", row => row.Cause?.UsualPauseMs),
        ("Usual Promoted MB", row => row.Cause?.UsualPromotedMB),
        ("Mark MSec", row => row.Cause?.MarkMs),
        ("Plan MSec", row => row.Cause?.PlanMs),
        ("Relocate MSec", row => row.Cause?.RelocateMs),
        ("Compact MSec", row => row.Cause?.CompactMs),
        ("Sweep MSec", row => row.Cause?.SweepMs),
        ("Stacks MSec", row => row.Cause?.RootMs?.Stack),
        ("Finalizers MSec", row => row.Cause?.RootMs?.Finalizers),
        ("Handles MSec", row => row.Cause?.RootMs?.Handles),
        ("Older Objects MSec", row => row.Cause?.RootMs?.OldObjects),
        ("Stacks MB", row => row.Cause?.RootBytes?.Stack / 1e6),
        ("Finalizers MB", row => row.Cause?.RootBytes?.Finalizers / 1e6),
        ("Handles MB", row => row.Cause?.RootBytes?.Handles / 1e6),
        ("Older Objects MB", row => row.Cause?.RootBytes?.OldObjects / 1e6),
        ("Condemned MB", row => row.Cause?.CondemnedMB),
        ("Pinned Surv MB", row => row.Cause?.PinnedSurvivedMB),
        ("Finalizable Obj", row => row.Cause?.FinalizationPromotedCount),
        ("GC Handles", row => row.Cause?.HandleCount),
        ("Memory Load %", row => row.Cause?.MemoryLoadPercent),
        ("Condemn Reasons", row => row.Cause?.Reasons),
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
