namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>One setting over the instances of a service.</summary>
/// <param name="Name">As written where it was set.</param>
/// <param name="Instances">Instance ids by value; the empty value: not set.</param>
/// <param name="IsIgnored">The runtime knows no such setting.</param>
/// <param name="Nearest">What was probably meant; null when nothing comes close.</param>
public sealed record SettingSpread(string Name, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Instances, bool IsIgnored, string? Nearest)
{
    /// <summary>What is set on some instance, by name.</summary>
    /// <param name="settings">By instance id, as written.</param>
    public static IReadOnlyList<SettingSpread> Of(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> settings) =>
        [.. KnobDrift.Of(settings).Select(knob => new SettingSpread(knob.Name, knob.Instances, knob.IsIgnored, GcKnobs.Nearest(knob.Name)))];
}
