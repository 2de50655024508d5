using System.Text.Json;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analyzer.Heaps;

/// <summary>Compares two snapshots, one after the other: only their tables are in memory together.</summary>
internal static class SnapshotComparison
{
    /// <summary>Writes heap.diff.json and summary.json, and returns the latter as one line of JSON.</summary>
    /// <exception cref="UnreadableArtifactException">A file is damaged or holds no heap; the message names it.</exception>
    public static byte[] Run(PairOptions options)
    {
        var warnings = new List<string>();
        var diff = HeapDiff.Of(StateOf(options.First, warnings), StateOf(options.Second, warnings));
        var output = new OutputFolder(options.Output, options.MaxOutputBytes);
        output.Write("heap.diff.json", stream => HeapDiffJson.Write(diff, stream));
        var summary = JsonSerializer.SerializeToUtf8Bytes(new { kind = "heapDiff", isComplete = diff.IsComplete, warnings, files = output.Files, omittedFiles = output.Omitted });
        Directory.CreateDirectory(options.Output);
        File.WriteAllBytes(Path.Combine(options.Output, "summary.json"), summary);
        return summary;
    }

    private static HeapState StateOf(string path, List<string> warnings)
    {
        var name = Path.GetFileName(path);
        try
        {
            var graph = SnapshotFile.Read(path);
            var types = TypeGroups.Of(graph);
            var heapWarnings = new List<string>();
            var state = HeapState.Of(graph, types, HeapFiles.Retention(graph, types, HeapFiles.FreeBytes(), heapWarnings));
            warnings.AddRange(heapWarnings.Select(warning => $"{name}: {warning}"));
            if (!state.Completeness.IsComplete)
            {
                warnings.Add($"{name} is incomplete ({state.Completeness.Reason}): nothing may be concluded from a difference");
            }

            return state;
        }
        catch (UnreadableArtifactException unreadable)
        {
            throw new UnreadableArtifactException($"{name}: {unreadable.Message}", unreadable);
        }
    }
}
