using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Gcdump;

namespace FleetProf.Analyzer;

/// <summary>Writes what is shown and kept of a heap snapshot.</summary>
internal static class HeapFiles
{
    public static void Write(HeapGraph graph, GcdumpFacts facts, OutputFolder output)
    {
        var rows = HeapTypes.Of(graph);
        output.Write("heap.types.json", stream => HeapTypes.WriteJson(graph, rows, stream));
        output.WriteText("heap.types.csv", text => HeapTypes.WriteCsv(rows, text));
        output.Write("heap.graph", stream => HeapGraphFile.Write(graph, stream));
        output.Write("heap.gcdump", stream => GcdumpWriter.Write(graph, facts, stream));
    }
}
