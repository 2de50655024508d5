using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>Writes the GC table of a log.</summary>
internal static class GcLogReport
{
    public static AnalysisSummary Write(GcLog log, OutputFolder output)
    {
        var tally = log.Tally;
        output.Write("gcs.json", stream => GcTable.WriteJson(tally.Rows, stream));
        output.WriteText("gcs.csv", text => GcTable.WriteCsv(tally.Rows, text));
        return new AnalysisSummary
        {
            Kind = "gc",
            LogFormat = log.IsGo ? "gctrace" : "jvmUnifiedLog",
            LogRuntime = log.IsGo ? "Go" : string.Join(' ', ((string?[])["JVM", log.RuntimeVersion]).OfType<string>()),
            DurationMs = Math.Round(log.DurationMs, 3),
            StartedAt = log.StartedAt,
            EventCount = log.Collections,
            LostEvents = log.MissedGcs,
            GcCount = (int)Math.Min(int.MaxValue, log.Collections),
            GcPauseTotalMs = Math.Round(tally.PauseMs, 3),
            GcPausePercent = log.DurationMs > 0 ? Math.Round(tally.PauseMs * 100 / log.DurationMs, 3) : 0,
            IsComplete = log is { MissedGcs: 0, DamagedLines: 0 } && tally.Rows.Count == log.Collections,
            IncompleteReason = Reason(log),
            Warnings = [.. log.Warnings()],
            Files = output.Files,
            OmittedFiles = output.Omitted,
        }.WithPauses(tally.Pauses);
    }

    private static string? Reason(GcLog log) => log switch
    {
        _ when log.Tally.Rows.Count < log.Collections => $"the table holds the first {GcTally.MostRows} of {log.Collections} collections; sums and percentiles are of all",
        { MissedGcs: > 0 } or { DamagedLines: > 0 } => "lines of the log are missing or damaged",
        _ => null,
    };
}
