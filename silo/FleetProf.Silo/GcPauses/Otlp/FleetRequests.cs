using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.GcPauses.Export;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>
/// The fleet's metrics as requests of OTLP: the values of /metrics, with one resource per observed service and version, and per instance
/// where instances are exported, and the verdicts on deploys. Built from the protocol's own messages, since a meter provider of the SDK has one resource only.
/// Each point of the fleet names its service and version again: what makes series for Prometheus takes no attributes of resources for labels unless it is
/// told to, and all versions of a service would be one series. Where it is told to, it takes an attribute that both have once.
/// Each point names the silo that counted it: without that the totals of several silos would be one series, which jumps from one to the other.
/// </summary>
/// <param name="totals">What is sent.</param>
/// <param name="clock">Of the points.</param>
/// <param name="silo">The name of this silo, the same after each of its starts: a new one would be a new series.</param>
/// <param name="verdicts">Sent too. Null: none.</param>
internal sealed class FleetRequests(FleetTotals totals, TimeProvider clock, string silo, VerdictGauge? verdicts = null)
{
    /// <summary>The attribute with the silo's name. It is the points', since the resource is the observed service, which is one for all silos.</summary>
    internal const string SiloAttribute = "fleetprof.silo";

    /// <summary>Some kilobytes each, with the longest names tens of them; collectors take 4 MiB at once by default.</summary>
    private const int ResourcesPerRequest = 50;

    private static readonly InstrumentationScope Scope = new() { Name = "FleetProf" };

    private readonly KeyValue teller = Attribute(SiloAttribute, silo);

    /// <summary>Made one by one, so that only one is held however large the fleet is.</summary>
    public IEnumerable<ExportMetricsServiceRequest> Create()
    {
        foreach (var keys in totals.Keys().Chunk(ResourcesPerRequest))
        {
            var request = new ExportMetricsServiceRequest();
            var now = NanosecondsOf(clock.GetUtcNow());
            totals.Visit(keys, (key, counted, states) => request.ResourceMetrics.Add(Of(key, counted, states, now)));
            if (request.ResourceMetrics.Count > 0)
            {
                yield return request;
            }
        }

        foreach (var decided in (verdicts?.Decided() ?? []).Chunk(ResourcesPerRequest))
        {
            var now = NanosecondsOf(clock.GetUtcNow());
            yield return new ExportMetricsServiceRequest { ResourceMetrics = { decided.Select(verdict => Of(verdict, now)) } };
        }
    }

    private ResourceMetrics Of(SeriesKey key, SeriesTotals counted, FleetWindow states, ulong now)
    {
        var scope = new ScopeMetrics { Scope = Scope };
        var start = NanosecondsOf(counted.StartedAt);
        var names = NamesOf(key);
        foreach (var metric in FleetMetric.All)
        {
            var points = metric.Values(counted, states).Select(value => PointOf(metric, value, names, start, now)).ToList();
            if (points.Count > 0)
            {
                // States are sums over instances, which the conventions count up and down.
                var sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = metric.IsCounter };
                sum.DataPoints.Add(points);
                scope.Metrics.Add(new Metric { Name = metric.Instrument, Unit = metric.Unit, Description = metric.Help, Sum = sum });
            }
        }

        scope.Metrics.Add(PausesOf(counted, names, start, now));
        return new ResourceMetrics { Resource = new Resource { Attributes = { names } }, ScopeMetrics = { scope } };
    }

    /// <summary>Of the same resource as the metrics of that version; the point has the names of /metrics.</summary>
    private ResourceMetrics Of(DeployVerdict verdict, ulong now)
    {
        var names = NamesOf(new SeriesKey(verdict.Service, verdict.Version, ""));
        var own = Named([("service", verdict.Service), ("environment", verdict.Environment), ("version", verdict.Version)]);
        var point = new NumberDataPoint { TimeUnixNano = now, AsInt = verdict.Value, Attributes = { names, own, teller } };
        var metric = new Metric { Name = VerdictGauge.Name, Description = VerdictGauge.Help, Gauge = new Gauge { DataPoints = { point } } };
        return new ResourceMetrics
        {
            Resource = new Resource { Attributes = { names } },
            ScopeMetrics = { new ScopeMetrics { Scope = Scope, Metrics = { metric } } },
        };
    }

    private NumberDataPoint PointOf(FleetMetric metric, (string Part, double Value) value, KeyValue[] names, ulong start, ulong now)
    {
        var point = new NumberDataPoint { StartTimeUnixNano = start, TimeUnixNano = now, Attributes = { names } };
        if (metric.Unit == "s")
        {
            point.AsDouble = value.Value;
        }
        else
        {
            point.AsInt = (long)Math.Round(value.Value);
        }

        if (value.Part.Length > 0)
        {
            point.Attributes.Add(Attribute(metric.Attribute, value.Part));
        }

        point.Attributes.Add(teller);
        return point;
    }

    private Metric PausesOf(SeriesTotals counted, KeyValue[] names, ulong start, ulong now)
    {
        var metric = FleetMetric.PauseHistogram;
        var histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative };
        for (var generation = 0; generation < counted.Pauses.Length; generation++)
        {
            var counts = counted.Pauses[generation];
            histogram.DataPoints.Add(new HistogramDataPoint
            {
                StartTimeUnixNano = start,
                TimeUnixNano = now,
                Count = (ulong)counts.Sum(),
                Sum = counted.PauseSumMs[generation] / 1000,
                BucketCounts = { counts.Select(count => (ulong)count) },
                ExplicitBounds = { SeriesTotals.BucketsMs.Select(end => end / 1000) },
                Attributes = { names, Attribute(metric.Attribute, $"gen{generation}"), teller },
            });
        }

        return new Metric { Name = metric.Instrument, Unit = metric.Unit, Description = metric.Help, Histogram = histogram };
    }

    /// <summary>The labels of a series of /metrics.</summary>
    private static KeyValue[] NamesOf(SeriesKey key) => Named([("service.name", key.Service), ("service.version", key.Version), ("service.instance.id", key.Instance)]);

    private static KeyValue[] Named((string Name, string Value)[] names) => [.. names.Where(name => name.Value.Length > 0).Select(name => Attribute(name.Name, name.Value))];

    private static KeyValue Attribute(string name, string value) => new() { Key = name, Value = new AnyValue { StringValue = value } };

    private static ulong NanosecondsOf(DateTimeOffset at) => (ulong)(at - DateTimeOffset.UnixEpoch).Ticks * 100;
}
