using FleetProf.Analysis.GcPauses.Advisor;

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>Recognises the instances that made a change.</summary>
public static class ChangedSetting
{
    private const string Variable = "DOTNET_";

    /// <summary>Whether the settings of an instance carry the value. Variables are numbers in hexadecimal, however they are written.</summary>
    /// <param name="settings">By name as written.</param>
    /// <param name="setting">"DOTNET_GCgen0size", ...</param>
    /// <param name="value">As advised: "F00000".</param>
    public static bool IsIn(IReadOnlyDictionary<string, string> settings, string setting, string value)
    {
        if (!setting.StartsWith(Variable, StringComparison.Ordinal)) return settings.TryGetValue(setting, out var text) && text.Equals(value, StringComparison.OrdinalIgnoreCase);
        var wanted = GcSettings.Number(new Dictionary<string, string> { [setting] = value }, setting[Variable.Length..], null);
        return wanted is not null && GcSettings.Number(settings, setting[Variable.Length..], null) == wanted;
    }
}
