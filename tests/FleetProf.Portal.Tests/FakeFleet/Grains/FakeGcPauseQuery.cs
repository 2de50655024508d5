using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Trends by formula: a daily wave with noise; checkout gets worse at its deploy.</summary>
internal sealed class FakeGcPauseQuery(FakeWorld world) : Grain, IGcPauseQueryGrain
{
    private const int MostPoints = 500;

    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var step = query.StepSeconds > 0 ? query.StepSeconds : Math.Max(10, (int)Math.Ceiling((query.To - query.From).TotalSeconds / MostPoints / 10) * 10);
        var instances = world.Fleet.All().Where(instance => instance.Service == query.Service && (query.InstanceId is null || instance.InstanceId == query.InstanceId)).ToArray();
        var last = query.To < world.Clock.GetUtcNow() ? query.To : world.Clock.GetUtcNow();
        var points = new List<TrendPoint>();
        for (var at = Floor(query.From, step); instances.Length > 0 && at < last; at += TimeSpan.FromSeconds(step))
        {
            var point = PointAt(query.Service, at, step, instances.Length);
            if (query.Version is null || query.Version == point.Version)
            {
                points.AddRange(query.PerInstance
                    ? instances.Take(20).Select((instance, i) => Scale(point, 1 + (i * 0.03)) with { Instance = instance.InstanceId, InstanceCount = 1 })
                    : [query.Version is null ? point with { Version = "" } : point]);
            }
        }

        return Task.FromResult(new Trend { Service = query.Service, StepSeconds = step, Points = points });
    }

    private TrendPoint PointAt(string service, DateTimeOffset at, int step, int instanceCount)
    {
        var isWorse = service == "checkout" && at >= world.Start - FakeHistory.CheckoutDeployAge;
        var noise = new Random(HashCode.Combine(step, (int)(at.ToUnixTimeSeconds() / step), service.Length)).NextDouble();
        var wave = 1 + (0.4 * Math.Sin(at.TimeOfDay.TotalHours / 24 * 2 * Math.PI));
        var level = (service == "reports" ? 10 : isWorse ? 3 : 1) * wave * (0.85 + (noise * 0.3));
        var leak = isWorse ? (at - (world.Start - FakeHistory.CheckoutDeployAge)).TotalMinutes * 5e6 : 0;
        var heap = (90e6 * Math.Sqrt(level)) + leak;
        var gcs = (long)(step * instanceCount * 0.3 * level) + 1;
        return new()
        {
            WindowStart = at,
            WindowSeconds = step,
            Version = service == "checkout" ? isWorse ? "1.1.0" : "1.0.0" : "2.0.0",
            InstanceCount = instanceCount,
            ObservedFraction = noise > 0.97 ? 0.6 : 1,
            GcCount = gcs,
            Gen0Count = gcs * 8 / 10,
            Gen1Count = gcs * 15 / 100,
            Gen2Count = gcs / 20,
            BackgroundCount = gcs / 25,
            PauseP50Ms = 1.1 * level,
            PauseP95Ms = 4.2 * level,
            PauseP99Ms = 8.7 * level,
            MaxPauseMs = 14 * level,
            PauseMs = gcs * 1.6 * level,
            SuspendMs = gcs * 0.05,
            TimeInGcPercent = Math.Min(60, 0.9 * level),
            Gen0PauseP99Ms = 2.4 * level,
            Gen1PauseP99Ms = 5.5 * level,
            Gen2PauseP99Ms = 12 * level,
            AllocatedBytesPerSecond = 40e6 * level,
            HeapBytes = (long)heap,
            Gen0Bytes = (long)(heap * 0.05),
            Gen1Bytes = (long)(heap * 0.05),
            Gen2Bytes = (long)(heap * 0.75),
            LohBytes = (long)(heap * 0.14),
            PohBytes = (long)(heap * 0.01),
            HeapAfterGen2Bytes = noise > 0.3 ? (long)(heap * 0.9) : null,
            FragmentedBytes = (long)(heap * 0.08),
            PromotedBytes = (long)(heap * 0.02),
            WorkingSetBytes = (long)(heap * 1.8),
            CpuCores = 0.4 * wave,
        };
    }

    private static TrendPoint Scale(TrendPoint point, double factor) => point with
    {
        PauseP50Ms = point.PauseP50Ms * factor, PauseP95Ms = point.PauseP95Ms * factor, PauseP99Ms = point.PauseP99Ms * factor, MaxPauseMs = point.MaxPauseMs * factor,
    };

    private static DateTimeOffset Floor(DateTimeOffset at, int step) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds() / step * step);
}
