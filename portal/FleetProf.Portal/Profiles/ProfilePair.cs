using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>Which two profiles can be laid over each other, and which to offer.</summary>
internal static class ProfilePair
{
    /// <summary>Null when they can be.</summary>
    public static string? WhyNot(Capture from, Capture to) => (from, to) switch
    {
        _ when !HasProfile(from) || !HasProfile(to) => "Only CPU traces, allocation captures and profiles of Go have call trees.",
        _ when from.Kind != to.Kind => "Both must be of one kind: CPU samples and allocated bytes cannot be compared.",
        _ when from.Service != to.Service => $"Both must be of one service; these are of {from.Service} and {to.Service}.",
        ({ State: not CaptureState.Ready }, _) or (_, { State: not CaptureState.Ready }) => "Both captures must be ready.",
        _ when from.CaptureId == to.CaptureId => "Choose two different captures.",
        _ => CaptureRuntime.WhyNotTogether(from, to),
    };

    /// <summary>What a Go program has in use is a call tree too.</summary>
    public static bool HasProfile(Capture capture) => capture.Kind is CaptureKind.Trace or CaptureKind.Alloc or CaptureKind.Goroutines || (capture.Kind == CaptureKind.Gcdump && capture.IsGo());

    /// <summary>The capture to hold one against: the newest earlier one of another version, else the newest earlier one, else the next later one.</summary>
    /// <param name="chosen">A capture.</param>
    /// <param name="known">Ready captures of its kind and service, newest first.</param>
    public static Capture? PartnerOf(Capture chosen, IReadOnlyList<Capture> known)
    {
        var others = known.Where(other => other.CaptureId != chosen.CaptureId).ToList();
        var before = others.Where(other => other.RequestedAt <= chosen.RequestedAt).ToList();
        return before.Find(other => other.Version != chosen.Version) ?? before.FirstOrDefault() ?? others.LastOrDefault();
    }
}
