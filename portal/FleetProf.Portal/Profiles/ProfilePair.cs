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
        _ when CaptureRuntime.WhyNotTogether(from, to) is { } why => why,
        _ when from.IsBiased != to.IsBiased => "One of these is biased: its runtime, older than .NET 10, blames the last type of each 100 KB, the other counts every byte with the same chance. What differed would be the sampling, not the service. Choose two captures that are both biased, or neither.",
        _ => null,
    };

    /// <summary>What a Go program has in use is a call tree too.</summary>
    public static bool HasProfile(Capture capture) => capture.Kind is CaptureKind.Trace or CaptureKind.Alloc or CaptureKind.Goroutines || (capture.Kind == CaptureKind.Gcdump && capture.IsGo());

    /// <summary>It shows one moment and has no duration: what is in use, or where goroutines are.</summary>
    public static bool IsSnapshot(Capture capture) => capture.Kind is CaptureKind.Gcdump or CaptureKind.Goroutines;

    /// <summary>
    /// The capture to hold one against, of those that can be compared with it, and only where none can of all; of these of the whole ones, and only where
    /// none is of all: the newest earlier one of another version, else the newest earlier one, else the next later one.
    /// </summary>
    /// <param name="chosen">A capture.</param>
    /// <param name="known">Ready captures of its kind and service that have their files, newest first.</param>
    public static Capture? PartnerOf(Capture chosen, IReadOnlyList<Capture> known)
    {
        var others = Others(chosen, known);
        var before = others.Where(other => other.RequestedAt <= chosen.RequestedAt).ToList();
        return before.Find(other => other.Version != chosen.Version) ?? before.FirstOrDefault() ?? others.LastOrDefault();
    }

    /// <summary>The capture to hold beside one that is the earlier of the two: the newest that can be compared with it, else the newest; a whole one where there is one.</summary>
    /// <param name="earlier">A capture.</param>
    /// <param name="known">Ready captures of its kind and service that have their files, newest first.</param>
    public static Capture? NewestBeside(Capture earlier, IReadOnlyList<Capture> known) => Others(earlier, known).FirstOrDefault();

    private static List<Capture> Others(Capture chosen, IReadOnlyList<Capture> known)
    {
        var others = known.Where(other => other.CaptureId != chosen.CaptureId).ToList();
        var comparable = others.FindAll(other => WhyNot(other, chosen) is null);
        var offered = comparable.Count > 0 ? comparable : others;
        var whole = offered.FindAll(IsWhole);
        return whole.Count > 0 ? whole : offered;
    }

    // What a cut one lacks, its last seconds or the names of its methods, would look like a change.
    private static bool IsWhole(Capture capture) => !capture.IsPartial && capture.Summary is not { IsComplete: false };
}
