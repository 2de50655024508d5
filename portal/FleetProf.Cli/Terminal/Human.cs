using System.Globalization;

namespace FleetProf.Cli.Terminal;

/// <summary>Figures and times as people read them; always the same, whatever the machine's language.</summary>
public static class Human
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Of(object? value) => value switch
    {
        null => "",
        DateTimeOffset time => Time(time),
        Enum name => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name.ToString()),
        double number => number.ToString("0.##", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>UTC, to the second.</summary>
    public static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Three digits and a decimal unit: "41.2 MB".</summary>
    public static string Bytes(double? bytes)
    {
        if (bytes is not { } value)
        {
            return "";
        }

        var unit = 0;
        for (; Math.Abs(value) >= 999.5 && unit < Units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Digits(unit == 0 ? Math.Round(value) : value)} {Units[unit]}");
    }

    public static string Milliseconds(double? milliseconds) => milliseconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{Digits(value)} ms") : "";

    public static string Percent(double? percent) => percent is { } value ? string.Create(CultureInfo.InvariantCulture, $"{Digits(value)} %") : "";

    /// <summary>A fraction as change: 0.5 is "+50 %".</summary>
    public static string Change(double? fraction) => fraction is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:+0;-0;0} %") : "";

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Digits(double value) => value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);
}
