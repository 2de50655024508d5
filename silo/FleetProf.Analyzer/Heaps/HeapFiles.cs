using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Columns;
using FleetProf.Analysis.Heaps.Gcdump;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analyzer.Heaps;

/// <summary>Writes what is shown and kept of a heap snapshot.</summary>
internal static class HeapFiles
{
    /// <summary>Under the heap hard limit, as far as there is one. Gives back first what reading the snapshot has left behind.</summary>
    public static long FreeBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ColumnMemory.Free;
    }

    /// <param name="graph">The heap.</param>
    /// <param name="facts">Where it comes from.</param>
    /// <param name="output">Where the files go.</param>
    /// <param name="freeBytes">Memory that may still be used: without enough of it there are no dominators, and all that needs them is missing.</param>
    /// <returns>What a reader should know before trusting the files.</returns>
    public static IReadOnlyList<string> Write(HeapGraph graph, GcdumpFacts facts, OutputFolder output, long freeBytes)
    {
        var warnings = new List<string>();
        var types = TypeGroups.Of(graph);
        var retention = Retention(graph, types, freeBytes, warnings);
        var rows = HeapTypes.Of(graph, types, retention?.RetainedByType);
        output.Write("heap.types.json", stream => HeapTypes.WriteJson(graph, rows, stream));
        output.WriteText("heap.types.csv", text => HeapTypes.WriteCsv(rows, text));
        if (retention is not null)
        {
            if (graph.Completeness.Caution is { } caution)
            {
                warnings.Add(caution);
            }

            output.Write("heap.suspects.json", stream => SuspectsJson.Write(graph, retention, stream));
            output.Write("heap.dominators.json", stream => TypeTreeJson.Write(graph, retention.Dominators, stream));
            output.Write("heap.paths.json", stream => HeapPathsJson.Write(graph, retention.Paths, retention.RetainedByType, retention.Suspects.Select(suspect => suspect.Type), stream));
            output.Write("heap.tree", stream => HeapTreeWriter.Write(graph, rows, retention, stream));
        }

        output.Write("heap.graph", stream => HeapGraphFile.Write(graph, stream));
        output.Write("heap.gcdump", stream => GcdumpWriter.Write(graph, facts, stream));
        return warnings;
    }

    /// <summary>Null, with a warning, when there is not enough memory.</summary>
    public static HeapRetention? Retention(HeapGraph graph, TypeGroups types, long freeBytes, List<string> warnings)
    {
        var needed = HeapRetention.NeededBytes(graph);
        if (needed <= freeBytes)
        {
            try
            {
                return HeapRetention.Of(graph, types);
            }
            catch (OutOfMemoryException)
            {
                // Said below. What was allocated for it is garbage now, so the other files still come.
            }
        }

        warnings.Add($"retained sizes, paths and suspects are missing: the dominators of {graph.NodeCount} objects need about {needed >> 20} MiB, and the analyzer's memory limit leaves {freeBytes >> 20} MiB");
        return null;
    }
}
