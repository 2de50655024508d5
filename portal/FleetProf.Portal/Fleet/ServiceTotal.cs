using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Fleet;

/// <summary>The shown instances of one service taken together: sums of load, worst of pauses. Null figures: nothing was measured; who is not watched is in none of what only watching tells.</summary>
public sealed record ServiceTotal
{
    public required string Service { get; init; }

    public required int InstanceCount { get; init; }

    public IReadOnlyList<string> Versions { get; init; } = [];

    public int HostCount { get; init; }

    /// <summary>Instances that cannot be watched now.</summary>
    public int TroubledCount { get; init; }

    public double? CpuCores { get; init; }

    public double? HeapBytes { get; init; }

    /// <summary>Mean over instances, 0 to 100.</summary>
    public double? TimeInGcPercent { get; init; }

    public double? LastPauseMs { get; init; }

    public double? PauseP99Ms { get; init; }

    public double? MaxPauseMs { get; init; }

    public double? AllocatedBytesPerSecond { get; init; }

    public long GcCount { get; init; }

    public DateTimeOffset LastSeenAt { get; init; }

    public static ServiceTotal Of(string service, IReadOnlyCollection<Instance> instances)
    {
        var vitals = instances.Select(instance => instance.Vitals).OfType<InstanceVitals>().ToArray();
        var watched = instances.Select(instance => instance.WatchedVitals()).OfType<InstanceVitals>().ToArray();
        return new()
        {
            Service = service,
            InstanceCount = instances.Count,
            Versions = [.. instances.Select(instance => instance.Version).Where(version => version.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            HostCount = instances.Select(instance => instance.Host).Distinct(StringComparer.Ordinal).Count(),
            TroubledCount = instances.Count(instance => instance.Problem != InstanceProblem.None || instance.State == InstanceState.Unreachable),
            LastSeenAt = instances.Max(instance => instance.LastSeenAt),
            GcCount = vitals.Sum(one => one.GcCount),
            CpuCores = vitals.Length == 0 ? null : vitals.Sum(one => one.CpuCores),
            HeapBytes = Sum(one => one.HeapBytes),
            AllocatedBytesPerSecond = Sum(one => one.AllocatedBytesPerSecond),
            TimeInGcPercent = watched.Length == 0 ? null : watched.Average(one => one.TimeInGcPercent),
            LastPauseMs = Max(one => one.LastPauseMs),
            PauseP99Ms = Max(one => one.PauseP99Ms),
            MaxPauseMs = Max(one => one.MaxPauseMs),
        };

        double? Sum(Func<InstanceVitals, double> figure) => watched.Length == 0 ? null : watched.Sum(figure);
        double? Max(Func<InstanceVitals, double> figure) => watched.Length == 0 ? null : watched.Max(figure);
    }
}
