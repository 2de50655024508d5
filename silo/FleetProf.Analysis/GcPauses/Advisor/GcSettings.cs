using System.Globalization;

namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>Reads the settings of a process as they are written: variables in hexadecimal, names of the runtime configuration file in decimal.</summary>
public static class GcSettings
{
    /// <summary>Null when it is not set or not a number. A variable wins over the file, as in the runtime.</summary>
    /// <param name="settings">By name as written.</param>
    /// <param name="variable">Without DOTNET_: "GCgen0size".</param>
    /// <param name="property">Without System.GC.: "Gen0MaxBudget"; null when there is none.</param>
    public static long? Number(IReadOnlyDictionary<string, string> settings, string variable, string? property)
    {
        foreach (var prefix in (string[])["DOTNET_", "COMPlus_"])
        {
            // Names of variables keep their case on Linux, but the runtime asks for one spelling only.
            if (settings.TryGetValue(prefix + variable, out var text)
                && long.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hexadecimal))
            {
                return hexadecimal;
            }
        }

        return property is not null && settings.TryGetValue("System.GC." + property, out var value)
            ? value.ToUpperInvariant() switch
            {
                "TRUE" => 1,
                "FALSE" => 0,
                _ => long.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : null,
            }
            : null;
    }

    /// <summary>A variable's value: hexadecimal.</summary>
    public static string Hex(long value) => string.Create(CultureInfo.InvariantCulture, $"{value:X}");
}
