using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analyzer.GcPauses;
using FleetProf.Analyzer.Nettrace;

namespace FleetProf.Analyzer;

/// <summary>Reads one artifact, writes its result files and returns the summary as one line of JSON.</summary>
internal static class ArtifactAnalysis
{
    public static byte[] Run(AnalyzeOptions options)
    {
        var output = new OutputFolder(options.Output, options.MaxOutputBytes);
        var summary = IsGcdump(options.Input)
            ? ImportedHeap(options, output)
            : options.Kind is ArtifactKind.Auto or ArtifactKind.Gc && GcLog.Read(options.Input) is { } log
            ? GcLogReport.Write(log, output)
            : new RecordingReport(Recording.Read(options.Input), options.Kind, output).Write();
        var json = summary.ToJson();

        // Always written, however small the cap: without it nobody knows what the other files are.
        Directory.CreateDirectory(options.Output);
        File.WriteAllBytes(Path.Combine(options.Output, "summary.json"), json);
        return json;
    }

    private static bool IsGcdump(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[GcdumpReader.Magic.Length];
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.AsSpan().SequenceEqual(GcdumpReader.Magic);
    }

    private static AnalysisSummary ImportedHeap(AnalyzeOptions options, OutputFolder output)
    {
        if (options.Kind is not (ArtifactKind.Auto or ArtifactKind.Gcdump))
        {
            throw new UnreadableArtifactException($"the file is a .gcdump, which holds no {options.Kind.ToString().ToLowerInvariant()} events");
        }

        using var stream = new FileStream(options.Input, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        HeapGraph graph;
        try
        {
            graph = GcdumpReader.Read(stream);
        }
        catch (InvalidDataException damage)
        {
            throw new UnreadableArtifactException(damage.Message, damage);
        }

        // The original already is a .gcdump; it is written again all the same, so that the file list does not depend on the source.
        HeapFiles.Write(graph, new GcdumpFacts(), output);
        return new AnalysisSummary
        {
            Kind = "gcdump",
            ObjectCount = graph.NodeCount,
            HeapBytes = graph.HeapBytes,
            IsComplete = graph.Completeness.IsComplete,
            IncompleteReason = graph.Completeness.Reason,
            Files = output.Files,
            OmittedFiles = output.Omitted,
        };
    }
}
