namespace FleetProf.Silo.Captures;

/// <summary>Options of section FleetProf:Captures. Artifacts are hostile input: every limit here bounds what one of them can cost.</summary>
public sealed class CaptureOptions
{
    public const string Section = "FleetProf:Captures";

    /// <summary>Largest artifact that is taken.</summary>
    public long MaxArtifactBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Space that uploads leave free on the volume, for the catalog and logs.</summary>
    public long ReserveBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Analyzers at once.</summary>
    public int AnalyzerParallelism { get; set; } = 1;

    /// <summary>Hard limit of an analyzer's managed heap.</summary>
    public long AnalyzerHeapBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>CPU time after which the kernel ends an analyzer.</summary>
    public TimeSpan AnalyzerCpuTime { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Elapsed time after which an analyzer is killed.</summary>
    public TimeSpan AnalyzerWallTime { get; set; } = TimeSpan.FromMinutes(6);

    /// <summary>Sum of the files that one analysis may write.</summary>
    public long AnalyzerOutputBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Wait before work is tried again that failed for a reason outside of the artifact (full disk, campaign not reachable).</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        var bytes = new (string Name, long Value)[]
        {
            (nameof(MaxArtifactBytes), MaxArtifactBytes),
            (nameof(AnalyzerHeapBytes), AnalyzerHeapBytes),
            (nameof(AnalyzerOutputBytes), AnalyzerOutputBytes),
            (nameof(AnalyzerParallelism), AnalyzerParallelism),
        };
        foreach (var (name, value) in bytes.Where(entry => entry.Value <= 0))
        {
            yield return $"{Section}:{name} = {value} must be above 0.";
        }

        if (ReserveBytes < 0)
        {
            yield return $"{Section}:{nameof(ReserveBytes)} = {ReserveBytes} must not be negative.";
        }

        var times = new (string Name, TimeSpan Value)[]
        {
            (nameof(AnalyzerCpuTime), AnalyzerCpuTime), (nameof(AnalyzerWallTime), AnalyzerWallTime), (nameof(RetryDelay), RetryDelay),
        };
        foreach (var (name, value) in times.Where(entry => entry.Value < TimeSpan.FromSeconds(1)))
        {
            yield return $"{Section}:{name} = {value} must be at least one second, for example 00:01:00.";
        }
    }
}
