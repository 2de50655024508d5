using System.Globalization;
using System.Text;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>The fleet's metrics as text for Prometheus, in its own format or in OpenMetrics.</summary>
/// <remarks>
/// Written here and not by instruments of the metrics library: that keeps every combination of labels for ever, up to 2,000, while versions
/// of services come and go for years.
/// </remarks>
internal sealed class FleetExposition(FleetTotals totals)
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public string Write(bool isOpenMetrics)
    {
        var series = new List<(string Labels, SeriesTotals Totals, FleetWindow States)>();
        var text = new StringBuilder();

        // Inside the visit: the totals may not be read elsewhere.
        totals.Visit(totals.Keys(), (key, counted, states) => series.Add((LabelsOf(key), counted, states)), () =>
        {
            foreach (var metric in FleetMetric.All)
            {
                Write(text, metric, series, isOpenMetrics);
            }

            WriteHistogram(text, series);
        });
        return text.ToString();
    }

    private static void Write(StringBuilder text, FleetMetric metric, List<(string Labels, SeriesTotals Totals, FleetWindow States)> series, bool isOpenMetrics)
    {
        var name = metric.IsCounter ? metric.PrometheusName + "_total" : metric.PrometheusName;
        WriteHead(text, isOpenMetrics ? metric.PrometheusName : name, metric.IsCounter ? "counter" : "gauge", metric.Help);
        foreach (var (labels, counted, states) in series)
        {
            foreach (var (part, value) in metric.Values(counted, states))
            {
                var more = part.Length == 0 ? "" : $",{metric.PrometheusLabel}=\"{part}\"";
                text.Append(Plain, $"{name}{{{labels}{more}}} {value:R}\n");
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, List<(string Labels, SeriesTotals Totals, FleetWindow States)> series)
    {
        var (name, label) = (FleetMetric.PauseHistogram.PrometheusName, FleetMetric.PauseHistogram.PrometheusLabel);
        WriteHead(text, name, "histogram", FleetMetric.PauseHistogram.Help);
        foreach (var (labels, counted, _) in series)
        {
            for (var generation = 0; generation < counted.Pauses.Length; generation++)
            {
                var all = $"{labels},{label}=\"gen{generation}\"";
                long below = 0;
                for (var bucket = 0; bucket < counted.Pauses[generation].Length; bucket++)
                {
                    below += counted.Pauses[generation][bucket];
                    var end = bucket < SeriesTotals.BucketsMs.Length ? (SeriesTotals.BucketsMs[bucket] / 1000).ToString("0.0###", Plain) : "+Inf";
                    text.Append(Plain, $"{name}_bucket{{{all},le=\"{end}\"}} {below}\n");
                }

                text.Append(Plain, $"{name}_sum{{{all}}} {counted.PauseSumMs[generation] / 1000:R}\n");
                text.Append(Plain, $"{name}_count{{{all}}} {below}\n");
            }
        }
    }

    private static void WriteHead(StringBuilder text, string family, string type, string help) => text.Append(Plain, $"# TYPE {family} {type}\n# HELP {family} {help}\n");

    private static string LabelsOf(SeriesKey key) =>
        $"service_name=\"{Escape(key.Service)}\",service_version=\"{Escape(key.Version)}\"" + (key.Instance.Length == 0 ? "" : $",service_instance_id=\"{Escape(key.Instance)}\"");

    private static string Escape(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
