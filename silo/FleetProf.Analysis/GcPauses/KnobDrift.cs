namespace FleetProf.Analysis.GcPauses;

/// <summary>One setting over the instances of a service. An instance without it counts under the empty value.</summary>
/// <param name="Name">As written where it was set; "gc mode", "runtime", "processors" and "memory limit" for what is no setting.</param>
/// <param name="Instances">Instance ids by value, the most frequent value first.</param>
public sealed record KnobDrift(string Name, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Instances)
{
    public bool IsDrifting => Instances.Count > 1;

    public bool IsIgnored => GcKnobs.IsIgnored(Name);

    /// <summary>Everything that is set somewhere: what drifts first, then what is ignored, then by name.</summary>
    /// <param name="instances">By instance id its settings and traits.</param>
    public static IReadOnlyList<KnobDrift> Of(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> instances) =>
    [
        .. instances.Values.SelectMany(settings => settings.Keys).Distinct(StringComparer.Ordinal)
            .Select(name => new KnobDrift(name,
            [
                .. instances.OrderBy(instance => instance.Key, StringComparer.Ordinal)
                    .GroupBy(instance => instance.Value.GetValueOrDefault(name, ""), instance => instance.Key, StringComparer.Ordinal)
                    .OrderByDescending(value => value.Count()).ThenBy(value => value.Key, StringComparer.Ordinal)
                    .Select(value => KeyValuePair.Create<string, IReadOnlyList<string>>(value.Key, [.. value])),
            ]))
            .OrderByDescending(knob => knob.IsDrifting).ThenByDescending(knob => knob.IsIgnored).ThenBy(knob => knob.Name, StringComparer.Ordinal),
    ];
}
