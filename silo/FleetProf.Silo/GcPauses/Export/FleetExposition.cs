using System.Globalization;
using System.Text;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Comparisons;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>The fleet's metrics as text for Prometheus, in its own format or in OpenMetrics, and behind them the verdicts on its deploys.</summary>
/// <remarks>
/// Written here and not by instruments of the metrics library: that keeps every combination of labels for ever, up to a number, while versions
/// of services come and go for years.
/// </remarks>
internal sealed class FleetExposition(FleetTotals totals, VerdictGauge? verdicts = null)
{
    /// <summary>Characters of a part, at least, but for the last: a series adds some ten thousand at once.</summary>
    internal const int PartLength = 16 * 1024;

    /// <summary>Some milliseconds, in which windows wait to be counted.</summary>
    private const int SeriesPerCopy = 500;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;
    private static readonly string[] BucketEnds = [.. SeriesTotals.BucketsMs.Select(end => (end / 1000).ToString("0.0###", Plain)), "+Inf"];

    /// <summary>
    /// The text in parts, which are one and the same builder, emptied when the next is asked for. A family of metrics stands together, and each has
    /// all series: the text of 20,000 instances is hundreds of megabytes. Held are a copy of their values and a part.
    /// </summary>
    public IEnumerable<StringBuilder> Write(bool isOpenMetrics)
    {
        var series = Copy();
        var text = new StringBuilder(2 * PartLength);
        foreach (var metric in FleetMetric.All)
        {
            var name = metric.IsCounter ? metric.PrometheusName + "_total" : metric.PrometheusName;
            WriteHead(text, isOpenMetrics ? metric.PrometheusName : name, metric.IsCounter ? "counter" : "gauge", metric.Help);
            foreach (var (labels, counted, states) in series)
            {
                WriteValues(text, (name, labels), metric.PrometheusLabel, metric.Values(counted, states));
                if (text.Length >= PartLength)
                {
                    yield return text;
                    text.Clear();
                }
            }
        }

        WriteHead(text, FleetMetric.PauseHistogram.PrometheusName, "histogram", FleetMetric.PauseHistogram.Help);
        foreach (var (labels, counted, _) in series)
        {
            WriteHistogram(text, labels, counted);
            if (text.Length >= PartLength)
            {
                yield return text;
                text.Clear();
            }
        }

        if (verdicts is not null)
        {
            WriteHead(text, VerdictGauge.PrometheusName, "gauge", VerdictGauge.Help);
            foreach (var verdict in verdicts.Decided())
            {
                text.Append(Plain, $"{VerdictGauge.PrometheusName}{{{LabelsOf(verdict)}}} {verdict.Value}\n");
                if (text.Length >= PartLength)
                {
                    yield return text;
                    text.Clear();
                }
            }
        }

        yield return text;
    }

    private List<(string Labels, SeriesTotals Totals, FleetWindow States)> Copy()
    {
        var series = new List<(string Labels, SeriesTotals Totals, FleetWindow States)>();
        foreach (var keys in totals.Keys().Chunk(SeriesPerCopy))
        {
            totals.Visit(keys, (key, counted, states) => series.Add((LabelsOf(key), counted.Copy(), states)));
        }

        return series;
    }

    private static void WriteValues(StringBuilder text, (string Name, string Labels) series, string label, IEnumerable<(string Part, double Value)> values)
    {
        foreach (var (part, value) in values)
        {
            text.Append(series.Name).Append('{').Append(series.Labels);
            if (part.Length > 0)
            {
                text.Append(Plain, $",{label}=\"{part}\"");
            }

            text.Append(Plain, $"}} {value:R}\n");
        }
    }

    private static void WriteHistogram(StringBuilder text, string labels, SeriesTotals counted)
    {
        var (name, label) = (FleetMetric.PauseHistogram.PrometheusName, FleetMetric.PauseHistogram.PrometheusLabel);
        for (var generation = 0; generation < counted.Pauses.Length; generation++)
        {
            var all = $"{labels},{label}=\"gen{generation}\"";
            long below = 0;
            for (var bucket = 0; bucket < counted.Pauses[generation].Length; bucket++)
            {
                below += counted.Pauses[generation][bucket];
                text.Append(Plain, $"{name}_bucket{{{all},le=\"{BucketEnds[bucket]}\"}} {below}\n");
            }

            text.Append(Plain, $"{name}_sum{{{all}}} {counted.PauseSumMs[generation] / 1000:R}\n");
            text.Append(Plain, $"{name}_count{{{all}}} {below}\n");
        }
    }

    private static void WriteHead(StringBuilder text, string family, string type, string help) => text.Append(Plain, $"# TYPE {family} {type}\n# HELP {family} {help}\n");

    private static string LabelsOf(SeriesKey key) =>
        $"service_name=\"{Escape(key.Service)}\",service_version=\"{Escape(key.Version)}\"" + (key.Instance.Length == 0 ? "" : $",service_instance_id=\"{Escape(key.Instance)}\"");

    /// <summary>As the fleet's metrics are labelled; and as gates know it from before, though a scrape by the Prometheus Operator puts its own "service" over that. A label without a value is none.</summary>
    private static string LabelsOf(DeployVerdict verdict) =>
        $"{LabelsOf(new SeriesKey(verdict.Service, verdict.Version, ""))},service=\"{Escape(verdict.Service)}\"" + (verdict.Environment.Length == 0 ? "" : $",environment=\"{Escape(verdict.Environment)}\"") + $",version=\"{Escape(verdict.Version)}\"";

    private static string Escape(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
