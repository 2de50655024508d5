using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Analyzer;

/// <summary>summary.json: the contracts' CaptureSummary fields first, then what only a reader of the file wants.</summary>
internal sealed record AnalysisSummary
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public required string Kind { get; init; }

    public double DurationMs { get; init; }

    public long EventCount { get; init; }

    public long LostEvents { get; init; }

    /// <summary>Samples of threads that ran managed code.</summary>
    public long CpuSampleCount { get; init; }

    public long AllocSampleCount { get; init; }

    public int GcCount { get; init; }

    public int ThreadCount { get; init; }

    public long ObjectCount { get; init; }

    public long HeapBytes { get; init; }

    /// <summary>False when a heap snapshot lacks objects, or any artifact could be read only in part.</summary>
    public bool IsComplete { get; init; } = true;

    public string? IncompleteReason { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Samples of threads that waited or ran native code.</summary>
    public long ExternalSampleCount { get; init; }

    /// <summary>"allocationSampled" or "allocationTick" (biased); null without allocation samples.</summary>
    public string? AllocationSource { get; init; }

    public double GcPauseTotalMs { get; init; }

    /// <summary>All pauses as a share of the recorded time.</summary>
    public double GcPausePercent { get; init; }

    /// <summary>What a reader should know before trusting the figures.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public ProcessSummary? Process { get; init; }

    /// <summary>Samples by thread, busiest first, at most 100.</summary>
    public IReadOnlyList<ThreadSamples> Threads { get; init; } = [];

    /// <summary>All files written, this one not counted.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Files left out because they did not fit under the output cap.</summary>
    public IReadOnlyList<string> OmittedFiles { get; init; } = [];

    /// <summary>One line of JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    internal sealed record ProcessSummary(int ProcessId, string? OperatingSystem, string? Architecture, string? RuntimeVersion, int PointerBytes, int ProcessorCount, bool IsServerGC);

    internal sealed record ThreadSamples(int ThreadId, long Managed, long External);
}
