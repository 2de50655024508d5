using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>One side of a comparison: a version and the windows of its instances.</summary>
public sealed record ComparedSide(string Version, IReadOnlyList<ComparedInstance> Instances)
{
    /// <summary>In this time after its start a process fills caches and compiles: it is not like itself.</summary>
    private const long WarmUpMs = 60_000;

    /// <summary>The warm-up is left out only where this many windows remain.</summary>
    private const int LeastWarmWindows = 8;

    private readonly IReadOnlyList<InstanceSpan>? spans;

    /// <summary>When each of its processes was there, also of those whose windows are not among <see cref="Instances"/>, being too many. Where nobody says, as the windows tell.</summary>
    public IReadOnlyList<InstanceSpan> Spans
    {
        get => spans ?? [.. Instances.Select(instance => new InstanceSpan(instance.InstanceId, instance.Windows[0].StartMs, instance.Windows[^1].StartMs + instance.Windows[^1].ObservedMs))];
        init => spans = value;
    }

    public IEnumerable<PauseWindow> Windows => Instances.SelectMany(instance => instance.Windows);

    public int WindowCount => Instances.Sum(instance => instance.Windows.Count);

    public long GcCount => Windows.Sum(window => window.GcCount);

    public long MissedCount => Windows.Sum(window => window.MissedCount);

    public long ObservedMs => Windows.Sum(window => (long)window.ObservedMs);

    /// <summary>Part of the time between the first and last window of each instance that was watched, 0 to 1.</summary>
    public double ObservedFraction
    {
        get
        {
            var expected = Instances.Sum(instance => instance.Windows[^1].StartMs + instance.Windows[^1].ObservedMs - instance.Windows[0].StartMs);
            return expected <= 0 ? 0 : Math.Min(1, (double)ObservedMs / expected);
        }
    }

    /// <summary>Whether some windows lie in the first minute of their instance.</summary>
    public bool IncludesWarmUp => Instances.Any(instance => instance.Windows[0].StartMs < instance.FirstSeenMs + WarmUpMs);

    public double GcsPerMinute => ObservedMs == 0 ? 0 : GcCount * 60_000.0 / ObservedMs;

    /// <summary>Bytes per second of an instance, on average.</summary>
    public double AllocationRate => ObservedMs == 0 ? 0 : Windows.Sum(window => (double)window.AllocatedBytes) * 1000 / ObservedMs;

    /// <summary>Without the first minute of each instance; as it is when too little would remain.</summary>
    public ComparedSide WithoutWarmUp()
    {
        var warm = Instances
            .Select(instance => instance with { Windows = [.. instance.Windows.Where(window => window.StartMs >= instance.FirstSeenMs + WarmUpMs)] })
            .Where(instance => instance.Windows.Count > 0)
            .ToList();
        return warm.Sum(instance => instance.Windows.Count) >= LeastWarmWindows ? this with { Instances = warm } : this;
    }
}
