using System.Globalization;
using FleetProf.Silo.GcPauses.Otlp;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

/// <summary>
/// What a collector got, as it would show it to Prometheus by OpenTelemetry's rules for names ("Prometheus and OpenMetrics Compatibility"): labels are the
/// attributes of points, and those of resources are none.
/// </summary>
internal static class SentMetrics
{
    public static Dictionary<string, double> ToPrometheus(IEnumerable<ExportMetricsServiceRequest> requests)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var metric in requests.SelectMany(request => request.ResourceMetrics).SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics))
        {
            Add(values, metric);
        }

        return values;
    }

    private static void Add(Dictionary<string, double> values, Metric metric)
    {
        var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = metric.Name.Replace('.', '_') + unit;

        // Whoever translates takes the word out of the name of a counter wherever it stands, and puts it at the end.
        var series = metric.Sum is { IsMonotonic: true } ? string.Join('_', name.Split('_').Where(word => word != "total").Append("total")) : name;
        foreach (var point in metric.Sum?.DataPoints ?? metric.Gauge?.DataPoints ?? [])
        {
            values.Add($"{series}{{{Labels(point.Attributes)}}}", point.HasAsInt ? point.AsInt : point.AsDouble);
        }

        foreach (var point in metric.Histogram?.DataPoints ?? [])
        {
            var labels = Labels(point.Attributes);
            double below = 0;
            for (var i = 0; i < point.BucketCounts.Count; i++)
            {
                below += point.BucketCounts[i];
                var end = i < point.ExplicitBounds.Count ? point.ExplicitBounds[i].ToString("0.0###", CultureInfo.InvariantCulture) : "+Inf";
                values.Add($"{name}_bucket{{{labels},le=\"{end}\"}}", below);
            }

            values.Add($"{name}_sum{{{labels}}}", point.Sum);
            values.Add($"{name}_count{{{labels}}}", point.Count);
        }
    }

    /// <summary>Without the silo, which Prometheus knows by whom it has scraped.</summary>
    private static string Labels(IEnumerable<KeyValue> attributes) => string.Join(',', attributes.Where(attribute => attribute.Key != FleetRequests.SiloAttribute).Select(attribute => $"{attribute.Key.Replace('.', '_')}=\"{attribute.Value.StringValue}\""));
}
