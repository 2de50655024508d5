using System.Globalization;
using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.Tests.GcPauses.Export;
using FleetProf.Silo.Tests.Hosting;
using OpenTelemetry.Proto.Metrics.V1;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

public sealed class FleetPushTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly TrendRig rig = new();
    private readonly RecordedLog<FleetPush> log = new();
    private readonly JumpingClock clock = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_OverEitherTransport_TellsTheValuesOfMetrics(bool isGrpc)
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc);
        await CountAsync();
        using var push = PushTo(collector);

        await push.SendAsync(TestContext.Current.CancellationToken);

        var values = SentMetrics.ToPrometheus(collector.Requests);
        Assert.Equal(Scraped().OrderBy(pair => pair.Key, StringComparer.Ordinal), values.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.True(values.Count > 100, $"{values.Count} values");
        Assert.Equal(4, values["fleetprof_gc_collections_total{service_name=\"shop\",service_version=\"1.0\",gc_reason=\"AllocSmall\"}"]);
        Assert.Equal("secret", Assert.Single(collector.Calls)["x-key"]);
        Assert.Empty(log.Lines);
    }

    /// <summary>By the names that Prometheus gives them.</summary>
    [Fact]
    public async Task Dashboard_EveryMetricThatItNames_IsThereByOtlp()
    {
        await CountAsync();

        var sent = SentMetrics.ToPrometheus(rig.Requests.Create()).Keys.Select(series => series.Split('{')[0]).ToList();

        var named = await Dashboard.ReadMetricsAsync();
        Assert.True(named.Count > 12, string.Join(' ', named));
        Assert.All(named, metric => Assert.Contains(sent, name => metric.IsMatch(name)));
    }

    [Fact]
    public async Task Resources_OfVersions_AreThoseOfTheObservedServices()
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc: true);
        await CountAsync();
        using var push = PushTo(collector);

        await push.SendAsync(TestContext.Current.CancellationToken);

        var resources = Assert.Single(collector.Requests).ResourceMetrics;
        Assert.Equal(
            ["service.name=shop service.version=1.0", "service.name=shop service.version=2.0"],
            resources.Select(resource => string.Join(' ', resource.Resource.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}"))));
        var metrics = resources.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics).ToList();
        var now = (ulong)(rig.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        Assert.All(metrics.Where(metric => metric.Sum is not null).SelectMany(metric => metric.Sum.DataPoints), point => Assert.True(point.StartTimeUnixNano < point.TimeUnixNano && point.TimeUnixNano == now));
        Assert.All(metrics, metric => Assert.Equal(AggregationTemporality.Cumulative, metric.Sum?.AggregationTemporality ?? metric.Histogram.AggregationTemporality));
        Assert.False(metrics.First(metric => metric.Name == "dotnet.gc.last_collection.heap.size").Sum.IsMonotonic);
        Assert.True(metrics.First(metric => metric.Name == "dotnet.gc.collections").Sum.IsMonotonic);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Collector_DownAndUpAgain_MissesNothingAndIsToldOfOnce(bool isGrpc)
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc);
        await CountAsync();
        using var push = PushTo(collector);
        await push.SendAsync(TestContext.Current.CancellationToken);
        await collector.StopAsync();
        await push.SendAsync(TestContext.Current.CancellationToken);
        await rig.AcceptAsync("agent", Batch(CreateAt("a", Now(), 10_000, 3, 4)));
        await push.SendAsync(TestContext.Current.CancellationToken);

        Assert.Single(log.Lines);
        Assert.Contains("do not reach", log.Lines[0], StringComparison.Ordinal);
        await collector.StartAsync();
        await push.SendAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, collector.Requests.Count);
        Assert.Equal(Scraped(), SentMetrics.ToPrometheus([collector.Requests.Last()]));
        Assert.Equal(2, log.Lines.Count);
        Assert.Contains("again; 2 requests were dropped", log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfACollector_SaysWhetherItIsAskedAgain()
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc: false);
        await CountAsync();
        using var push = PushTo(collector);
        collector.Refusals.Enqueue((503, 7));
        collector.Refusals.Enqueue((429, 0));
        var before = clock.GetUtcNow();
        await push.SendAsync(TestContext.Current.CancellationToken);

        Assert.Single(collector.Requests);
        Assert.Equal(3, collector.Calls.Count);
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(9));

        collector.Refusals.Enqueue((400, 0));
        await push.SendAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 4), (collector.Requests.Count, collector.Calls.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Points_ThatACollectorDoesNotWant_AreToldOfOnce(bool isGrpc)
    {
        await using var collector = await CollectorUnderTest.StartAsync(isGrpc);
        collector.Answer = new() { PartialSuccess = new() { RejectedDataPoints = 3, ErrorMessage = "too\nold" } };
        await CountAsync();
        using var push = PushTo(collector);

        await push.SendAsync(TestContext.Current.CancellationToken);
        await push.SendAsync(TestContext.Current.CancellationToken);

        Assert.Contains("does not want 3", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Contains("too old", log.Lines[0], StringComparison.Ordinal);
        Assert.Equal(2, collector.Requests.Count);
    }

    /// <summary>A request at a time is made; what a collector gets at once stays within what collectors take by default.</summary>
    [Fact]
    public async Task Requests_OfAFullFleet_AreSmallAndComplete()
    {
        rig.ShowInventory("agent", [.. Enumerable.Range(0, 250).Select(version => $"i{version}@{version:000}")]);
        foreach (var part in Enumerable.Range(0, 250).Chunk(50))
        {
            await rig.AcceptAsync("agent", Batch([.. part.Select(version => Create($"i{version}", 0, 1))]));
        }

        var requests = rig.Requests.Create().ToList();

        Assert.Equal([50, 50, 50, 50, 50], requests.Select(request => request.ResourceMetrics.Count));
        Assert.All(requests, request => Assert.InRange(request.CalculateSize(), 1, 4 << 20));
        Assert.Equal(250, SentMetrics.ToPrometheus(requests).Count(pair => pair.Key.StartsWith("fleetprof_instances", StringComparison.Ordinal)));
    }

    /// <summary>A collector takes points with the same resource, metric and attributes for one series, whose totals would jump between the silos'.</summary>
    [Fact]
    public async Task Points_OfTwoSilosThatSeeOneVersion_AreNoCommonSeries()
    {
        using var other = new TrendRig();
        foreach (var silo in new[] { rig, other })
        {
            silo.ShowInventory("agent", "a@1.0");
            await silo.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        }

        var (one, two) = (SeriesOf(rig.RequestsOf("host:11111")), SeriesOf(other.RequestsOf("host:11112")));

        Assert.Equal(one.Count, two.Count);
        Assert.True(one.Count > 15, $"{one.Count} series");
        Assert.Empty(one.Intersect(two));
        Assert.Equal(one, SeriesOf(rig.RequestsOf("host:11111")));
    }

    /// <summary>What makes series for Prometheus of them takes no attributes of resources for labels, unless it is told to.</summary>
    [Fact]
    public async Task Points_OfTwoVersions_AreTwoSeriesWithoutTheirResources()
    {
        await CountAsync();

        var series = SeriesOf(rig.Requests, withResource: false);

        Assert.True(series.Count > 30, $"{series.Count} series");
        Assert.Equal(series.Count, series.Distinct(StringComparer.Ordinal).Count());
        Assert.All(["service.name", "service.version"], name => Assert.All(series, point => Assert.Equal(2, point.Split($"\"{name}\"").Length)));
    }

    public void Dispose() => rig.Dispose();

    /// <summary>Resource, metric and attributes of each point.</summary>
    private static List<string> SeriesOf(FleetRequests requests, bool withResource = true)
    {
        var series = new List<string>();
        foreach (var resource in requests.Create().SelectMany(request => request.ResourceMetrics))
        {
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                var attributes = metric.Sum is not null ? metric.Sum.DataPoints.Select(point => point.Attributes) : metric.Histogram.DataPoints.Select(point => point.Attributes);
                series.AddRange(attributes.Select(ofPoint => $"{(withResource ? resource.Resource : null)} {metric.Name} {ofPoint}"));
            }
        }

        return series;
    }

    private FleetPush PushTo(CollectorUnderTest collector)
    {
        var target = new OtlpTarget
        {
            Endpoint = new Uri(collector.IsGrpc ? collector.Address : collector.Address + "/v1/metrics"), IsGrpc = collector.IsGrpc,
            Headers = [new("x-key", "secret")], Interval = Interval, Timeout = TimeSpan.FromSeconds(20),
        };
        return new FleetPush(rig.Requests, OtlpSetup.CollectorOf(target, clock), target, clock, new Random(7), log);
    }

    private async Task CountAsync()
    {
        rig.ShowInventory("agent", "a@1.0", "b@1.0", "c@2.0");
        var full = Create("c", 0, 5);
        full.CommittedBytes = 900_000;
        full.Pauses.Add(Sketch(2, PauseKind.BackgroundFinal, 3));
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 0.9, 1.8), Create("b", 0, 28), full, Create("a", 1, 4)));
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(rig.Clock.GetUtcNow().ToUnixTimeSeconds() / 10 * 10);

    /// <summary>By the names that they have by OTLP: one is another.</summary>
    private Dictionary<string, double> Scraped() => string.Concat(rig.Exposition.Write(isOpenMetrics: false).Select(part => part.ToString()))
        .Replace("dotnet_gc_heap_total_allocated_bytes_total", "dotnet_gc_heap_allocated_bytes_total", StringComparison.Ordinal).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Whatever is waited for has passed.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private TimeSpan passed;

        public override DateTimeOffset GetUtcNow() => Noon + passed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            passed += dueTime > TimeSpan.Zero ? dueTime : TimeSpan.Zero;
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
