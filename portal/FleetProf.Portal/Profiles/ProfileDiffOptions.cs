using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>What the scripts of a profile difference need beside the later file.</summary>
/// <param name="Base">Address of the earlier file.</param>
/// <param name="BeforeSeconds">Recorded seconds of the earlier capture; 0 when unknown.</param>
/// <param name="AfterSeconds">Of the later one.</param>
/// <param name="Table">How methods are shown as a table.</param>
public sealed record ProfileDiffOptions(string Base, double BeforeSeconds, double AfterSeconds, ResultTable Table);
