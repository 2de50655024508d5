using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>What the scripts of a profile difference need beside the later file.</summary>
/// <param name="Base">Address of the earlier file.</param>
/// <param name="BeforeSeconds">Recorded seconds of the earlier capture; 0 when unknown. Where samples stand for times that are known, divided by that.</param>
/// <param name="AfterSeconds">Of the later one.</param>
/// <param name="RateUnit">Of what one divided by the other is: "ms/s", or "samples/s" where nobody kept what a sample stands for; not of bytes.</param>
/// <param name="IsSnapshot">The files show one moment each, in bytes or goroutines: neither shares nor a rate, but what they counted.</param>
/// <param name="Table">How methods are shown as a table.</param>
public sealed record ProfileDiffOptions(string Base, double BeforeSeconds, double AfterSeconds, string RateUnit, bool IsSnapshot, ResultTable Table);
