using System.CommandLine;
using System.Globalization;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Cli.GcPauses;

/// <summary>The verb `trends SERVICE`.</summary>
internal static class TrendsCommand
{
    private const int RowsOfATable = 30;

    private static readonly ServiceRange Range = new();
    private static readonly Option<int?> Step = new("--step") { Description = "Seconds per row, a multiple of 10. Default: about 30 rows." };
    private static readonly Option<string?> Instance = new("--instance") { Description = "Only this instance." };
    private static readonly Option<string?> Version = new("--service-version") { Description = "Only this version." };
    private static readonly Option<bool> PerInstance = new("--per-instance") { Description = "A row per window and instance." };

    public static Command Create() => CliCommand.Create("trends", "Pauses, heap and allocation of a service over time.", [.. Range.Symbols, Step, Instance, Version, PerInstance], RunAsync);

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var trend = await Range.GetAsync<Trend>(
            context,
            "trend",
            length =>
            [
                ("step", (context.Get(Step) ?? StepOf(length)).ToString(CultureInfo.InvariantCulture)),
                ("instance", context.Get(Instance)),
                ("version", context.Get(Version)),
                ("perInstance", context.Get(PerInstance) ? "true" : null),
            ],
            cancellationToken);
        ResultWriter.WriteRows(context, trend.Points, Columns);
        return ExitCode.Success;
    }

    /// <summary>The portal takes a day at most.</summary>
    private static int StepOf(TimeSpan range) => (int)Math.Clamp(Math.Ceiling(range.TotalSeconds / RowsOfATable / 10) * 10, 10, 86_400);

    private static Column<TrendPoint>[] Columns =>
    [
        new("window", row => row.WindowStart),
        new("instance", row => row.Instance),
        new("version", row => row.Version),
        new("instances", row => row.InstanceCount) { IsNumber = true },
        new("gcs", row => row.GcCount) { IsNumber = true },
        new("gen2", row => row.Gen2Count) { IsNumber = true },
        new("pause p50", row => row.PauseP50Ms, row => Human.Milliseconds(row.PauseP50Ms)) { IsNumber = true, Csv = "pause_p50_ms" },
        new("p95", row => row.PauseP95Ms, row => Human.Milliseconds(row.PauseP95Ms)) { IsNumber = true, Csv = "pause_p95_ms" },
        new("p99", row => row.PauseP99Ms, row => Human.Milliseconds(row.PauseP99Ms)) { IsNumber = true, Csv = "pause_p99_ms" },
        new("max", row => row.MaxPauseMs, row => Human.Milliseconds(row.MaxPauseMs)) { IsNumber = true, Csv = "pause_max_ms" },
        new("in gc", row => row.TimeInGcPercent, row => Human.Percent(row.TimeInGcPercent)) { IsNumber = true, Csv = "time_in_gc_percent" },
        new("heap", row => row.HeapBytes, row => Human.Bytes(row.HeapBytes)) { IsNumber = true, Csv = "heap_bytes" },
        new("alloc/s", row => row.AllocatedBytesPerSecond, row => Human.Bytes(row.AllocatedBytesPerSecond)) { IsNumber = true, Csv = "allocated_bytes_per_second" },
        new("observed", row => row.ObservedFraction, row => Human.Percent(row.ObservedFraction * 100)) { IsNumber = true, Csv = "observed_fraction" },
        new("reasons", row => string.Join(' ', row.Reasons.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal).Select(reason => $"{reason.Key}:{reason.Value}"))),
    ];
}
