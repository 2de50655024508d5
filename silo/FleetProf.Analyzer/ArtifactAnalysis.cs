using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.GcPauses;
using FleetProf.Analyzer.Heaps;
using FleetProf.Analyzer.Nettrace;
using FleetProf.Analyzer.Profiles.Pprof;

namespace FleetProf.Analyzer;

/// <summary>Reads one artifact, writes its result files and returns the summary as one line of JSON.</summary>
internal static class ArtifactAnalysis
{
    /// <summary>Left for the summary, which comes last: a silo ends an analysis whose files are together beyond the cap.</summary>
    internal const long SummaryBytes = 64 * 1024;

    public static byte[] Run(AnalyzeOptions options)
    {
        var output = new OutputFolder(options.Output, options.MaxOutputBytes - SummaryBytes, options.IsForSilo);
        var summary = SnapshotFile.TryRead(options.Input) is { } graph
            ? ImportedHeap(graph, options, output)
            : PprofFile.TryRead(options.Input) is { } pprof
            ? new PprofReport(pprof, options.Kind, output).Write()
            : options.Kind is ArtifactKind.Auto or ArtifactKind.Gc && GcLog.Read(options.Input) is { } log
            ? GcLogReport.Write(log, output)
            : options.Kind is ArtifactKind.Auto or ArtifactKind.Gc && MemStatsReport.Read(options.Input) is { } stats
            ? MemStatsReport.Write(stats, output)
            : new RecordingReport(Recording.Read(options.Input), options.Kind, output).Write();
        var json = (summary with { Warnings = [.. summary.Warnings, .. output.Warnings] }).ToJson();

        // Always written, however small the cap: without it nobody knows what the other files are.
        Directory.CreateDirectory(options.Output);
        File.WriteAllBytes(Path.Combine(options.Output, "summary.json"), json);
        return json;
    }

    private static AnalysisSummary ImportedHeap(HeapGraph graph, AnalyzeOptions options, OutputFolder output)
    {
        if (options.Kind is not (ArtifactKind.Auto or ArtifactKind.Gcdump))
        {
            throw new UnreadableArtifactException($"the file is a heap snapshot, which holds no {options.Kind.ToString().ToLowerInvariant()} events");
        }

        // The original may be a .gcdump already; it is written again all the same, so that the file list does not depend on the source.
        var warnings = HeapFiles.Write(graph, new GcdumpFacts(), output, HeapFiles.FreeBytes());
        return new AnalysisSummary
        {
            Kind = "gcdump",
            ObjectCount = graph.NodeCount,
            HeapBytes = graph.HeapBytes,
            IsComplete = graph.Completeness.IsComplete,
            IncompleteReason = graph.Completeness.Reason,
            Warnings = warnings,
            Files = output.Files,
            OmittedFiles = output.Omitted,
        }.WithFidelity(HeapFidelity.Of(graph));
    }
}
