using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Export;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>
/// The fleet's metrics as requests of OTLP: the values of /metrics, with one resource per observed service and version, and per instance
/// where instances are exported. Built from the protocol's own messages, since a meter provider of the SDK has one resource only.
/// Each point names the silo that counted it: without that the totals of several silos would be one series, which jumps from one to the other.
/// </summary>
/// <param name="totals">What is sent.</param>
/// <param name="clock">Of the points.</param>
/// <param name="silo">The name of this silo, the same after each of its starts: a new one would be a new series.</param>
internal sealed class FleetRequests(FleetTotals totals, TimeProvider clock, string silo)
{
    /// <summary>The attribute with the silo's name. It is the points', since the resource is the observed service, which is one for all silos.</summary>
    internal const string SiloAttribute = "fleetprof.silo";

    /// <summary>Some kilobytes each; collectors take 4 MiB at once by default.</summary>
    private const int ResourcesPerRequest = 100;

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
    }

    private ResourceMetrics Of(SeriesKey key, SeriesTotals counted, FleetWindow states, ulong now)
    {
        var scope = new ScopeMetrics { Scope = Scope };
        var start = NanosecondsOf(counted.StartedAt);
        foreach (var metric in FleetMetric.All)
        {
            var points = metric.Values(counted, states).Select(value => PointOf(metric, value, start, now)).ToList();
            if (points.Count > 0)
            {
                // States are sums over instances, which the conventions count up and down.
                var sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = metric.IsCounter };
                sum.DataPoints.Add(points);
                scope.Metrics.Add(new Metric { Name = metric.Instrument, Unit = metric.Unit, Description = metric.Help, Sum = sum });
            }
        }

        scope.Metrics.Add(PausesOf(counted, start, now));
        return new ResourceMetrics { Resource = ResourceOf(key), ScopeMetrics = { scope } };
    }

    private NumberDataPoint PointOf(FleetMetric metric, (string Part, double Value) value, ulong start, ulong now)
    {
        var point = new NumberDataPoint { StartTimeUnixNano = start, TimeUnixNano = now };
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

    private Metric PausesOf(SeriesTotals counted, ulong start, ulong now)
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
                Attributes = { Attribute(metric.Attribute, $"gen{generation}"), teller },
            });
        }

        return new Metric { Name = metric.Instrument, Unit = metric.Unit, Description = metric.Help, Histogram = histogram };
    }

    private static Resource ResourceOf(SeriesKey key)
    {
        var resource = new Resource();
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("service.name", key.Service), ("service.version", key.Version), ("service.instance.id", key.Instance)])
        {
            if (value.Length > 0)
            {
                resource.Attributes.Add(Attribute(name, value));
            }
        }

        return resource;
    }

    private static KeyValue Attribute(string name, string value) => new() { Key = name, Value = new AnyValue { StringValue = value } };

    private static ulong NanosecondsOf(DateTimeOffset at) => (ulong)(at - DateTimeOffset.UnixEpoch).Ticks * 100;
}
