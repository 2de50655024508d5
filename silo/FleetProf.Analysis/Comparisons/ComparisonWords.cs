using System.Globalization;

namespace FleetProf.Analysis.Comparisons;

/// <summary>Numbers as people read them.</summary>
internal static class ComparisonWords
{
    /// <summary>From here on, "17 times as much" is easier to read than "1583 % more".</summary>
    private const double Multiple = 3;

    public static string Value(double value, string unit) => unit switch
    {
        "ms" => $"{Digits(value)} ms",
        "%" => $"{Digits(value)} %",
        _ => Bytes(value) + unit[1..],
    };

    /// <summary>"41 MB to 75 MB".</summary>
    public static string FromTo(double from, double to, string unit) => $"{Value(from, unit)} to {Value(to, unit)}";

    /// <summary>"83 %", without a sign.</summary>
    public static string Percent(double effect) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(effect * 100, Math.Abs(effect) < 0.1 ? 1 : 0):0.#} %");

    /// <summary>"95 % interval 61 to 104 %".</summary>
    public static string Interval(double low, double high) => string.Create(CultureInfo.InvariantCulture, $"95 % interval {low * 100:0} to {high * 100:0} %");

    /// <summary>"grew 83 % (95 % interval 61 to 104 %), 41 MB to 75 MB".</summary>
    public static string Change(MetricFinding metric)
    {
        if (metric is not { Baseline: { } from, Candidate: { } to })
        {
            return "is not known on both sides";
        }

        var values = FromTo(from, to, metric.Unit);
        if (metric is not { Effect: { } effect, EffectLow: { } low, EffectHigh: { } high })
        {
            return $"went from {values}";
        }

        if (effect >= Multiple)
        {
            return string.Create(CultureInfo.InvariantCulture, $"grew to {Digits(1 + effect)} times as much (95 % interval {Digits(1 + low)} to {Digits(1 + high)} times), {values}");
        }

        return $"{(effect < 0 ? "fell" : "grew")} {Percent(Math.Abs(effect))} ({Interval(low, high)}), {values}";
    }

    public static string List(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}",
    };

    private static string Bytes(double value)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var index = 0;
        for (; Math.Abs(value) >= 999.5 && index < units.Length - 1; index++) value /= 1000;
        return $"{Digits(value)} {units[index]}";
    }

    // Three digits that matter, never "1E+03".
    private static string Digits(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.095 => value.ToString("0.###", CultureInfo.InvariantCulture),
        < 9.95 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 99.5 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}
