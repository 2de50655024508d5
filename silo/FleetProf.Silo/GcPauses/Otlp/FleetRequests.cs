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
/// </summary>
internal sealed class FleetRequests(FleetTotals totals, TimeProvider clock)
{
    /// <summary>Some kilobytes each; collectors take 4 MiB at once by default.</summary>
    private const int ResourcesPerRequest = 100;

    private static readonly InstrumentationScope Scope = new() { Name = "FleetProf" };

    /// <summary>Made one by one, so that only one is held however large the fleet is.</summary>
    public IEnumerable<ExportMetricsServiceRequest> Create()
    {
        foreach (var keys in totals.Keys().Chunk(ResourcesPerRequest))
        {
            var request = new ExportMetricsServiceRequest();
            var now = NanosecondsOf(clock.GetUtcNow());
            totals.Visit(keys, (key, counted, states) => request.ResourceMetrics.Add(Of(key, counted, states, now)), () => { });
            if (request.ResourceMetrics.Count > 0)
            {
                yield return request;
            }
        }
    }

    private static ResourceMetrics Of(SeriesKey key, SeriesTotals counted, FleetWindow states, ulong now)
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

    private static NumberDataPoint PointOf(FleetMetric metric, (string Part, double Value) value, ulong start, ulong now)
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

        return point;
    }

    private static Metric PausesOf(SeriesTotals counted, ulong start, ulong now)
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
                Attributes = { Attribute(metric.Attribute, $"gen{generation}") },
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
