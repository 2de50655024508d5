namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the advisor has to say.</summary>
/// <param name="Advice">What costs most first.</param>
/// <param name="Unjudged">Instances about which there is too little to judge, with the reason as a sentence.</param>
public sealed record AdvisorFinding(IReadOnlyList<KnobAdvice> Advice, IReadOnlyList<KeyValuePair<string, string>> Unjudged);
