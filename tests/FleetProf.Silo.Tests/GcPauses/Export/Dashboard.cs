using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FleetProf.Silo.Tests.GcPauses.Export;

/// <summary>What docs/grafana/fleetprof.json asks a Prometheus for.</summary>
internal static partial class Dashboard
{
    /// <summary>Names of metrics; a pattern where it takes one of several.</summary>
    public static async Task<IReadOnlyList<Regex>> ReadMetricsAsync()
    {
        var text = await File.ReadAllTextAsync(Place());
        JsonDocument.Parse(text).Dispose();
        return [.. MetricName().Matches(text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Select(name => new Regex($"^(?:{name})$"))];
    }

    private static string Place([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "grafana", "fleetprof.json"));

    /// <summary>Quotes in an expression have a backslash before them, since it is a text of JSON.</summary>
    [GeneratedRegex("""__name__=~\\"(?<name>[^\\"]+)\\"|\b(?<name>(fleetprof|dotnet|process)_[a-z0-9_]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex MetricName();
}
