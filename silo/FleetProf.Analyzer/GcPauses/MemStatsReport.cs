using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.Go;
using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>The GC table of a saved answer of /debug/pprof/heap?debug=1: the last collections of a Go program.</summary>
internal static class MemStatsReport
{
    private static readonly byte[] Head = [.. "heap profile: "u8];

    /// <summary>Null when the file is no such answer, or holds no collection.</summary>
    public static GoMemStats? Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        var buffer = new byte[1 << 16];
        var count = stream.ReadAtLeast(buffer, Head.Length, throwOnEndOfStream: false);
        if (!buffer.AsSpan(0, count).StartsWith(Head))
        {
            return null;
        }

        var reader = new GoMemStatsReader();
        for (; count > 0; count = stream.Read(buffer))
        {
            reader.Append(buffer.AsSpan(0, count));
        }

        return reader.Finish() is { NumGc: > 0 and <= int.MaxValue } stats ? stats : null;
    }

    public static AnalysisSummary Write(GoMemStats stats, OutputFolder output)
    {
        var tally = new GcTally();
        foreach (var row in GoMemStatsRows.Of(stats))
        {
            tally.Add(row, row.PauseMs);
        }

        output.Write("gcs.json", stream => GcTable.WriteJson(tally.Rows, stream));
        output.WriteText("gcs.csv", text => GcTable.WriteCsv(tally.Rows, text));
        var (last, earlier) = (tally.Rows[^1], stats.NumGc - tally.Rows.Count);
        var durationMs = last.PauseStartMs + last.PauseMs;
        return new AnalysisSummary
        {
            Kind = "gc",
            LogFormat = "goMemStats",
            LogRuntime = "Go",
            DurationMs = Math.Round(durationMs, 3),
            StartedAt = DateTimeOffset.UnixEpoch.AddTicks(GoMemStatsRows.StartNs(stats)!.Value / 100),
            EventCount = stats.NumGc,
            LostEvents = earlier,
            GcCount = tally.Rows.Count,
            GcPauseTotalMs = Math.Round(tally.PauseMs, 3),
            GcPausePercent = durationMs > 0 ? Math.Round(tally.PauseMs * 100 / durationMs, 3) : 0,
            IsComplete = earlier == 0,
            IncompleteReason = earlier == 0 ? null : $"the program keeps its last {GoMemStats.RingLength} collections; {earlier} were before",
            Warnings = ["a pause is both stops of its collection together, so the longest single stop is not known"],
            Files = output.Files,
            OmittedFiles = output.Omitted,
        }.WithPauses(tally.Pauses);
    }
}
