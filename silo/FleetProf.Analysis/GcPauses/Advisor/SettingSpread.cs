namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>One setting over the instances of a service.</summary>
/// <param name="Name">As written where it was set.</param>
/// <param name="Instances">Instance ids by value; the empty value: not set.</param>
/// <param name="IsIgnored">The runtime knows no such setting.</param>
/// <param name="Nearest">What was probably meant; null when nothing comes close.</param>
public sealed record SettingSpread(string Name, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Instances, bool IsIgnored, string? Nearest);
