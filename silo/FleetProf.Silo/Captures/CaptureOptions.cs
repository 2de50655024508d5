namespace FleetProf.Silo.Captures;

/// <summary>Options of section FleetProf:Captures. Artifacts are hostile input: every limit here bounds what one of them can cost.</summary>
public sealed class CaptureOptions
{
    public const string Section = "FleetProf:Captures";

    /// <summary>Where stored files lie: Folder or S3. Default: Folder.</summary>
    public StoreKind Store { get; set; }

    /// <summary>For <see cref="Store"/> S3.</summary>
    public S3Options S3 { get; set; } = new();

    /// <summary>Largest artifact that is taken.</summary>
    public long MaxArtifactBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>
    /// Most bytes that one agent may begin to upload within an hour; what is above it waits with the agent. One artifact goes in any case when nothing
    /// else went in that hour, however large. Default: 8 GiB.
    /// </summary>
    public long UploadBytesPerHour { get; set; } = 8L << 30;

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

    /// <summary>How far the analyzer is kept apart from network, processes and files: Auto, Required or Off. Default: Auto, the most that the host allows.</summary>
    public AnalyzerIsolation AnalyzerIsolation { get; set; }

    /// <summary>Wait before work is tried again that failed for a reason outside of the artifact (full disk, campaign not reachable).</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Files of captures that are older are deleted, unless they are pinned or cited; the capture's row stays. Default: 30 days.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Files of captures that are younger stay, also where space is short. Default: 1 hour.</summary>
    public TimeSpan KeepAtLeast { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a diff of two captures keeps both, and a comparison the captures of what it looked at. Default: 90 days.</summary>
    public TimeSpan KeepCited { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Most bytes of all captures together; the oldest go first. Default: 20 GiB.</summary>
    public long KeepBytes { get; set; } = 20L << 30;

    /// <summary>Most of <see cref="KeepBytes"/> that one service may take, above 0 to 1. Default: 0.5.</summary>
    public double ServiceShare { get; set; } = 0.5;

    /// <summary>Time between two runs of retention. Default: 10 minutes.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    public IEnumerable<string> Problems()
    {
        var bytes = new (string Name, long Value)[]
        {
            (nameof(MaxArtifactBytes), MaxArtifactBytes),
            (nameof(UploadBytesPerHour), UploadBytesPerHour),
            (nameof(AnalyzerHeapBytes), AnalyzerHeapBytes),
            (nameof(AnalyzerOutputBytes), AnalyzerOutputBytes),
            (nameof(AnalyzerParallelism), AnalyzerParallelism),
            (nameof(KeepBytes), KeepBytes),
        };
        foreach (var (name, value) in bytes.Where(entry => entry.Value <= 0))
        {
            yield return $"{Section}:{name} = {value} must be above 0.";
        }

        foreach (var problem in Store == StoreKind.S3 ? S3.Problems() : [])
        {
            yield return problem;
        }

        if (ReserveBytes < 0)
        {
            yield return $"{Section}:{nameof(ReserveBytes)} = {ReserveBytes} must not be negative.";
        }

        if (ServiceShare is not (> 0 and <= 1))
        {
            yield return $"{Section}:{nameof(ServiceShare)} = {ServiceShare} must be above 0 and at most 1.";
        }

        var times = new (string Name, TimeSpan Value)[]
        {
            (nameof(AnalyzerCpuTime), AnalyzerCpuTime), (nameof(AnalyzerWallTime), AnalyzerWallTime), (nameof(RetryDelay), RetryDelay),
            (nameof(KeepFor), KeepFor), (nameof(RetentionInterval), RetentionInterval),
        };
        foreach (var (name, value) in times.Where(entry => entry.Value < TimeSpan.FromSeconds(1)))
        {
            yield return $"{Section}:{name} = {value} must be at least one second, for example 00:01:00.";
        }

        foreach (var (name, value) in new[] { (nameof(KeepAtLeast), KeepAtLeast), (nameof(KeepCited), KeepCited) }.Where(entry => entry.Item2 < TimeSpan.Zero))
        {
            yield return $"{Section}:{name} = {value} must not be negative.";
        }
    }
}
