using System.Diagnostics.Tracing;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>One event provider of a session. <paramref name="Filter"/> holds "key=value;key=value" arguments, where the provider takes any.</summary>
public sealed record TraceProvider(string Name, long Keywords, EventLevel Level, string? Filter = null)
{
    public const string Runtime = "Microsoft-Windows-DotNETRuntime";
    public const string SampleProfiler = "Microsoft-DotNETCore-SampleProfiler";
}
