using System.Globalization;

namespace FleetProf.Portal.Layout;

/// <summary>Numbers and times as the pages show them: decimal units, UTC, the same in every language; "–" where nothing is known.</summary>
internal static class Figures
{
    public const string None = "–";

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Three digits and a unit: "41.2 MB".</summary>
    public static string Bytes(double? bytes)
    {
        if (bytes is not { } value)
        {
            return None;
        }

        var unit = 0;
        for (; Math.Abs(value) >= 999.5 && unit < Units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return $"{Digits(unit == 0 ? Math.Round(value) : value)} {Units[unit]}";
    }

    /// <summary>A value of a comparison in its own unit: "ms", "%", "B", "B/s", "B/h".</summary>
    public static string Of(double? value, string unit) => value is null ? None : unit switch
    {
        "B" => Bytes(value),
        "B/s" or "B/h" => $"{Bytes(value)}{unit[1..]}",
        "" => Digits(value.Value),
        _ => $"{Digits(value.Value)} {unit}",
    };

    /// <summary>Always so many decimals, for columns whose points stand below each other.</summary>
    public static string Fixed(double? value, int decimals) => value is { } number ? number.ToString(decimals == 0 ? "N0" : $"F{decimals}", CultureInfo.InvariantCulture) : None;

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A fraction as change: 0.5 is "+50 %".</summary>
    public static string Change(double? fraction) => fraction is { } value ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value * 100):+#,0;-#,0;0} %") : None;

    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>To the minute, with its zone.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>From one time to another, with its zone; the second date only where it is another one.</summary>
    public static string Span(DateTimeOffset from, DateTimeOffset to) =>
        $"{Day(from)} {Clock(from)} – {(Day(from) == Day(to) ? "" : $"{Day(to)} ")}{Clock(to)} UTC";

    /// <summary>"1 host", "2 hosts".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? $"{one}s")}";

    /// <summary>Largest unit only: "12 s", "4 min", "3 h", "2 d"; never negative.</summary>
    public static string Age(TimeSpan age)
    {
        var seconds = Math.Max(0, age.TotalSeconds);
        var (value, unit) = seconds switch { < 90 => (seconds, "s"), < 5400 => (seconds / 60, "min"), < 129_600 => (seconds / 3600, "h"), _ => (seconds / 86_400, "d") };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value):0} {unit}");
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Digits(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
}
