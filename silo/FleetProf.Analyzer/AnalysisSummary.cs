using System.Text.Json;
using System.Text.Json.Serialization;
using FleetProf.Analysis.Heaps;
using FleetProf.Measures.GcPauses;

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

    /// <summary>Those of all events that only name methods and modules, written when the recording is over.</summary>
    public long RundownEventCount { get; init; }

    public long LostEvents { get; init; }

    /// <summary>Samples of threads that ran managed code.</summary>
    public long CpuSampleCount { get; init; }

    /// <summary>Of the time that one such sample stands for; null without them, and where it is not known.</summary>
    public double? CpuSamplePeriodMs { get; init; }

    public long AllocSampleCount { get; init; }

    public int GcCount { get; init; }

    public int ThreadCount { get; init; }

    public long ObjectCount { get; init; }

    public long HeapBytes { get; init; }

    /// <summary>False when a heap snapshot lacks objects, or any artifact could be read only in part.</summary>
    public bool IsComplete { get; init; } = true;

    public string? IncompleteReason { get; init; }

    /// <summary>How much of the heap a snapshot demonstrably holds, 0 to 1; null for other kinds and where nothing is there to compare it with.</summary>
    public double? Fidelity { get; init; }

    /// <summary>The same for a person; null for other kinds.</summary>
    public string? FidelitySentence { get; init; }

    public AnalysisSummary WithFidelity(HeapFidelity fidelity) => this with { Fidelity = fidelity.Score, FidelitySentence = fidelity.Sentence };

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Samples of threads that waited or ran native code.</summary>
    public long ExternalSampleCount { get; init; }

    /// <summary>"Go" for its pprof profiles; null for .NET, for other profiles, and for logs, which have their own field.</summary>
    public string? Runtime { get; init; }

    /// <summary>In a goroutine profile.</summary>
    public long GoroutineCount { get; init; }

    /// <summary>"allocationSampled", "allocationTick" (biased) or "goHeapProfile"; null without allocation samples.</summary>
    public string? AllocationSource { get; init; }

    public double GcPauseTotalMs { get; init; }

    /// <summary>All pauses as a share of the recorded time.</summary>
    public double GcPausePercent { get; init; }

    /// <summary>
    /// How many stops the percentiles are of: in a log every stop of the world counts for itself, in a recording both of a background GC count as one.
    /// Percentiles are within 1 %; the largest is exact.
    /// </summary>
    public long GcPauseCount { get; init; }

    public double GcPauseP50Ms { get; init; }

    public double GcPauseP95Ms { get; init; }

    public double GcPauseP99Ms { get; init; }

    public double GcPauseMaxMs { get; init; }

    /// <summary>"gctrace", "jvmUnifiedLog" or "goMemStats"; null for recordings.</summary>
    public string? LogFormat { get; init; }

    /// <summary>"Go", or "JVM" with its version; null for recordings.</summary>
    public string? LogRuntime { get; init; }

    /// <summary>What a reader should know before trusting the figures.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public ProcessSummary? Process { get; init; }

    /// <summary>Samples by thread, busiest first, at most 100.</summary>
    public IReadOnlyList<ThreadSamples> Threads { get; init; } = [];

    /// <summary>All files written, this one not counted.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Files left out because they did not fit: under the output cap, in memory while they were made, or in their own format.</summary>
    public IReadOnlyList<string> OmittedFiles { get; init; } = [];

    public AnalysisSummary WithPauses(DdSketch pauses) => pauses.IsEmpty ? this : this with
    {
        GcPauseCount = pauses.Count,
        GcPauseP50Ms = Math.Round(pauses.Quantile(0.5), 4),
        GcPauseP95Ms = Math.Round(pauses.Quantile(0.95), 4),
        GcPauseP99Ms = Math.Round(pauses.Quantile(0.99), 4),
        GcPauseMaxMs = pauses.Max,
    };

    /// <summary>One line of JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    internal sealed record ProcessSummary(int ProcessId, string? OperatingSystem, string? Architecture, string? RuntimeVersion, int PointerBytes, int ProcessorCount, bool IsServerGC);

    internal sealed record ThreadSamples(int ThreadId, long Managed, long External);
}
