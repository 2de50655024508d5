using FleetProf.Contracts.GcPauses;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

/// <summary>Trends by formula: a daily wave with noise; checkout gets worse at its deploy.</summary>
internal sealed class FakeGcPauseQuery(FakeWorld world) : Grain, IGcPauseQueryGrain
{
    /// <summary>A version whose trend has too many points, and what the silo says of it.</summary>
    public const string TooLargeVersion = "0.0.0-too-large";

    public const string TooLargeText = "These are 864000 points of 50 instances. Take a larger step.";

    private const int MostPoints = 500;
    private const int MostInstances = 8;

    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Version == TooLargeVersion)
        {
            throw TooManyPoints.Of(TooLargeText);
        }

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
                    ? instances.Take(MostInstances).Select((instance, i) => Scale(point, 1 + (i * 0.03)) with { Instance = instance.InstanceId, InstanceCount = 1 })
                    : [query.Version is null ? point with { Version = "" } : point]);
            }
        }

        return Task.FromResult(new Trend { Service = query.Service, StepSeconds = step, Points = points });
    }

    public async Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default) => TrendColumns.Of(await GetTrendAsync(query, cancellationToken), fields);

    /// <summary>What has passed is packed once: measured is what a portal and a browser make of an answer, not how long it takes to make one up.</summary>
    public async Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default)
    {
        var key = (query, string.Join(',', fields), mostSeries);
        if (world.Packed.TryGetValue(key, out var packed))
        {
            return packed;
        }

        packed = PackedTrend.Of(await GetTrendAsync(query, cancellationToken), fields, mostSeries);
        return query.To < world.Start ? world.Packed.GetOrAdd(key, packed) : packed;
    }

    public Task<IReadOnlyList<LongGc>> ListLongestAsync(LongGcQuery query, CancellationToken cancellationToken = default)
    {
        var random = new Random(query.Service.Length);
        var instances = world.Fleet.All().Where(instance => instance.Service == query.Service && (query.InstanceId is null || instance.InstanceId == query.InstanceId)).ToArray();
        return Task.FromResult<IReadOnlyList<LongGc>>(
        [
            .. Enumerable.Range(0, instances.Length == 0 ? 0 : query.Limit).Select(rank => new LongGc
            {
                Instance = instances[random.Next(instances.Length)].InstanceId, Version = "1.1.0", Number = 1 + random.Next(FakeTables.GcCount), Generation = rank % 3 == 0 ? 2 : rank % 2,
                Kind = rank % 5 == 0 ? "background" : "blocking", Reason = rank % 4 == 0 ? "Induced" : "AllocSmall",
                PauseMs = 180 * Math.Pow(0.86, rank), SuspendMs = rank % 7 == 3 ? 40 * Math.Pow(0.86, rank) : 0.2, PromotedBytes = random.Next(90_000_000),
                EndedAt = query.From + ((query.To - query.From) * random.NextDouble()),
            }).Select(FakeGcs.Explain),
        ]);
    }

    public Task<PauseCauses> GetCausesAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var isKnown = world.Fleet.All().Any(instance => instance.Service == query.Service);
        string[] versions = query.Service == "checkout" ? ["1.0.0", "1.1.0"] : ["2.0.0"];
        return Task.FromResult(new PauseCauses
        {
            Service = query.Service, From = query.From, To = query.To,
            Causes = isKnown ? FakeGcs.Causes("", world.Clock.GetUtcNow(), 1) : [],
            ByVersion = isKnown ? [.. versions.SelectMany((version, i) => FakeGcs.Causes(version, world.Clock.GetUtcNow(), 1 + (i * 1.7)))] : [],
        });
    }

    public Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        double[] upper = [.. Enumerable.Range(-1, 5).SelectMany(decade => new[] { 1, 1.5, 2, 3, 5, 7 }.Select(step => Math.Round(step * Math.Pow(10, decade), 3))), 10_000];
        var step = query.StepSeconds > 0 ? query.StepSeconds : 60;
        var steps = new List<PauseHistogramStep>();
        var last = query.To < world.Clock.GetUtcNow() ? query.To : world.Clock.GetUtcNow();
        for (var at = Floor(query.From, step); at < last; at += TimeSpan.FromSeconds(step))
        {
            var point = PointAt(query.Service, at, step, 12);
            steps.Add(new() { WindowStart = at, Counts = [.. Enumerable.Range(0, upper.Length + 1).Select(bin => CountOf(point, bin == 0 ? 0.1 : upper[bin - 1]))] });
        }

        return Task.FromResult(new PauseHistogram { Service = query.Service, StepSeconds = step, UpperMs = upper, Steps = steps });
    }

    public Task<IReadOnlyList<HeapSlope>> ListHeapSlopesAsync(TrendQuery query, CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<HeapSlope>>(
    [
        .. world.Fleet.All().Where(instance => instance.Service == query.Service).Take(20).Select((instance, i) => new HeapSlope
        {
            Instance = instance.InstanceId, Version = instance.Version, PointCount = 60, BytesPerHour = 300e6 - (i * 40e6), LowBytesPerHour = 250e6 - (i * 45e6),
            HighBytesPerHour = 350e6 - (i * 35e6), IsGrowing = 250e6 - (i * 45e6) > 0, FirstBytes = 90_000_000, LastBytes = 390_000_000 - (i * 40_000_000),
        }),
    ]);

    public Task<IReadOnlyList<PauseHarm>> ListHarmAsync(int limit, CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<PauseHarm>>(
    [
        .. world.Fleet.All().GroupBy(instance => (instance.Service, instance.Version)).Select(group =>
        {
            var point = PointAt(group.Key.Service, Floor(world.Clock.GetUtcNow(), 60), 60, group.Count());
            return new PauseHarm
            {
                Service = group.Key.Service, Version = group.Key.Version, From = world.Clock.GetUtcNow().AddMinutes(-10), To = world.Clock.GetUtcNow(), InstanceCount = group.Count(),
                PauseMsPerHour = point.TimeInGcPercent * 36_000, HarmMsPerHour = point.TimeInGcPercent * 36_000 * group.Count(), PauseP50Ms = point.PauseP50Ms, PauseP99Ms = point.PauseP99Ms,
                MaxPauseMs = point.MaxPauseMs, TimeInGcPercent = point.TimeInGcPercent, GcsPerMinute = point.GcCount / (double)group.Count(), WorstInstance = group.First().InstanceId,
                Causes = FakeGcs.Causes(group.Key.Version, world.Clock.GetUtcNow(), group.Key.Service.Length),
            };
        }).OrderByDescending(harm => harm.HarmMsPerHour).Take(limit),
    ]);

    public Task<DateTimeOffset?> GetHarmUntilAsync(CancellationToken cancellationToken = default) => Task.FromResult<DateTimeOffset?>(Floor(world.Clock.GetUtcNow(), 60));

    public Task<ServiceKnobs> GetKnobsAsync(string service, CancellationToken cancellationToken = default)
    {
        var instances = world.Fleet.All().Where(instance => instance.Service == service).ToArray();
        return Task.FromResult(new ServiceKnobs
        {
            Service = service,
            Instances = [.. instances.Select(instance => new InstanceKnobs { Instance = instance.InstanceId, Version = instance.Version, Host = instance.Host, Runtime = instance.Runtime, GcMode = instance.GcMode, Settings = instance.GcSettings })],
            Knobs =
            [
                new() { Name = "System.GC.Gen0Size", IsDrifting = true, IsIgnored = true, Nearest = "System.GC.Gen0MaxBudget", Values = [new() { Value = "", InstanceCount = instances.Length - 1 }, new() { Value = "4194304", InstanceCount = 1 }] },
                new() { Name = "gc mode", Values = [new() { Value = "server datas", InstanceCount = instances.Length }] },
            ],
        });
    }

    public Task<ServiceAdvice> GetAdviceAsync(AdviceQuery query, CancellationToken cancellationToken = default)
    {
        var instances = world.Fleet.All().Where(instance => instance.Service == query.Service).ToArray();
        return Task.FromResult(new ServiceAdvice
        {
            Service = query.Service, From = query.From, To = query.To, InstanceCount = instances.Length,
            Unjudged = [.. instances.Take(1).Select(instance => new UnjudgedInstance { Instance = instance.InstanceId, Reason = "It was watched at work for 50 s, 600 are needed." })],
            Advice = query.Service != "checkout" ? [] :
            [
                new()
                {
                    Rule = "gen0-budget-small", Instances = [instances[0].InstanceId], InstanceCount = 3, PauseMsPerHour = 90_000, Setting = "DOTNET_GCgen0size", Value = "1000000",
                    Observation = "12.5 GCs/s: only 4.2 MB are allocated between two of them, and 3.1 % of it survives.",
                    Figures = [new() { Name = "GCs", Value = 12.5, Unit = "1/s", Bound = 5 }, new() { Name = "survival", Value = 3.1, Unit = "%", Bound = 10 }, new() { Name = "allocated per GC", Value = 4_200_000, Unit = "B" }],
                    Change = "Raise the gen0 budget to 16.8 MB: what dies before the collection costs nothing.",
                    Predicted =
                    [
                        new() { Metric = "gc interval", Present = 80, Predicted = 320, Low = 290, High = 350 },
                        new() { Metric = "pause p50", Present = 1.4, NotPredicted = "only a budget of 4.2 MB was seen; how pauses change with it takes two that differ" },
                    ],
                    Risk = "The heap's peak grows by up to 12.6 MB.", Experiment = "Set it on one of several equal instances.", Rollback = "Remove the setting and restart the instance; nothing is kept.",
                },
            ],
        });
    }

    private static long CountOf(TrendPoint point, double ms) => (long)(point.GcCount * 0.25 * Math.Exp(-Math.Pow(Math.Log(ms / point.PauseP50Ms!.Value), 2) / 1.2));

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
            Reasons = new Dictionary<string, long> { ["AllocSmall"] = gcs - (gcs / 20) - (gcs / 90), ["AllocLarge"] = gcs / 20, ["Induced"] = gcs / 90 },
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
            HeapBeforeBytes = (long)(heap * 1.4),
            CommittedBytes = (long)(heap * 1.6),
            PinnedObjectCount = 12,
            GcHandleCount = 900,
            ThreadCount = 42,
        };
    }

    private static TrendPoint Scale(TrendPoint point, double factor) => point with
    {
        PauseP50Ms = point.PauseP50Ms * factor, PauseP95Ms = point.PauseP95Ms * factor, PauseP99Ms = point.PauseP99Ms * factor, MaxPauseMs = point.MaxPauseMs * factor,
    };

    private static DateTimeOffset Floor(DateTimeOffset at, int step) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds() / step * step);
}
