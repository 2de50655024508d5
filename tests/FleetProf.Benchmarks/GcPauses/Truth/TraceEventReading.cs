using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Analysis;
using Microsoft.Diagnostics.Tracing.Analysis.GC;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>TraceEvent's own GC analysis of a recording: the measure of truth for single pauses, and the rival for cost.</summary>
internal static class TraceEventReading
{
    public static List<TraceGC> Read(byte[] trace)
    {
        using var source = new EventPipeEventSource(new MemoryStream(trace));
        source.NeedLoadedDotNetRuntimes();
        source.Process();
        return [.. source.Processes().SelectMany(process => process.LoadedDotNetRuntime()?.GC.GCs ?? []).Where(gc => gc.IsComplete)];
    }
}
