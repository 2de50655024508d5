using System.Globalization;

namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>Figures and names in sentences, the same on every machine.</summary>
internal static class Wording
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB"];

    /// <summary>Three digits and a decimal unit: "41.2 MB".</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 999.5 && unit < Units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(value >= 99.95 || unit == 0 ? $"{value:0}" : value >= 9.995 ? $"{value:0.#}" : $"{value:0.##}")} {Units[unit]}");
    }

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"one Shop.Cart" or "1,200 objects of Shop.Cart".</summary>
    public static string Objects(long count, string type) => count == 1 ? $"one {TypeShape.Display(type)}" : $"{Count(count)} objects of {TypeShape.Display(type)}";

    public static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
