namespace FleetProf.Analysis.GcPauses.Advisor;

/// <summary>What the advisor is given about a service: the same time of all its running instances, and how their settings differ.</summary>
/// <param name="FromMs">Unix time.</param>
/// <param name="ToMs">Unix time.</param>
/// <param name="Instances">Those that are looked at.</param>
/// <param name="Settings">Of all running instances.</param>
public sealed record AdvisedService(long FromMs, long ToMs, IReadOnlyList<AdvisedInstance> Instances, IReadOnlyList<SettingSpread> Settings);
