using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.Tests.GcPauses.Otlp;
using Microsoft.Extensions.Logging.Abstractions;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Export;

/// <summary>Queries and alerts are written by docs/guides/metrics.md.</summary>
public sealed partial class MetricsGuideTests : IDisposable
{
    private readonly TrendRig rig = new();
    private readonly VerdictGauge verdicts;

    public MetricsGuideTests() => verdicts = new VerdictGauge(new ComparisonTable(rig.Catalog.Database), rig.Clock, NullLogger<VerdictGauge>.Instance);

    [Fact]
    public async Task Guide_EveryMetricAndLabelThatItNames_IsExported()
    {
        rig.ShowInventory("agent", "a@1.0");
        await rig.AcceptAsync("agent", Batch(Create("a", 0, 1)));
        verdicts.Show(Decided());
        var guide = await File.ReadAllTextAsync(Guide());

        var text = await SiloScrape.ReadAsync(new FleetExposition(rig.Totals, verdicts), "text/plain", OtlpInstruments.Dropped);

        var lines = text.Split('\n');
        var exported = SiloScrape.NamesOf(text);
        exported.UnionWith(lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
        exported.UnionWith(SentMetrics.ToPrometheus(rig.Requests.Create()).Keys.Select(series => series.Split('{')[0]));
        var named = MetricName().Matches(guide).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 7, string.Join(' ', named));
        Assert.Subset(exported, named);
        var labelled = Labelled().Matches(guide).SelectMany(match => match.Groups[2].Captures.Select(label => (Metric: match.Groups[1].Value, Label: label.Value))).ToList();
        Assert.True(labelled.Count > 5, string.Join(' ', labelled));
        Assert.All(labelled, pair => Assert.Contains(lines, line => line.StartsWith(pair.Metric + "{", StringComparison.Ordinal) && line.Contains(pair.Label + "=\"", StringComparison.Ordinal)));
    }

    public void Dispose()
    {
        verdicts.Dispose();
        rig.Dispose();
    }

    private static Comparison Decided() => new()
    {
        ComparisonId = "one",
        Service = "shop",
        Baseline = new ComparisonSide { Version = "0.9", From = Noon.AddHours(-2), To = Noon.AddHours(-1) },
        Candidate = new ComparisonSide { Version = "1.0", From = Noon.AddHours(-1), To = Noon },
        Verdict = ComparisonVerdict.Pass,
        DeployId = "d-one",
        Environment = "prod",
        CreatedAt = Noon.AddHours(-1),
    };

    private static string Guide([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "guides", "metrics.md"));

    [GeneratedRegex(@"\b(fleetprof|dotnet|process)_[a-z0-9_]+")]
    private static partial Regex MetricName();

    /// <summary>A metric, and the labels that the guide says it has.</summary>
    [GeneratedRegex(@"`((?:fleetprof|dotnet|process)_\w+)`,? (?:with|by) (?:`(\w+)`(?:, | and )?)+")]
    private static partial Regex Labelled();
}
