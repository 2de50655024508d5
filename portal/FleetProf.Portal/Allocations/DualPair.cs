using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Allocations;

/// <summary>Which allocation capture goes beside which heap snapshot.</summary>
internal static class DualPair
{
    /// <summary>Null when they go together.</summary>
    public static string? WhyNot(Capture alloc, Capture heap) => (alloc, heap) switch
    {
        ({ Kind: not CaptureKind.Alloc }, _) => "The first must be an allocation capture.",
        (_, { Kind: not CaptureKind.Gcdump }) => "The second must be a heap snapshot.",
        _ when alloc.Service != heap.Service => $"Both must be of one service; these are of {alloc.Service} and {heap.Service}.",
        ({ State: not CaptureState.Ready }, _) or (_, { State: not CaptureState.Ready }) => "Both captures must be ready.",
        _ when alloc.IsGo() && alloc.Summary!.DurationMs <= 0 => "The allocation profile counts since the start of the process, so it has no rate.",
        // Against a rate of nothing all that is in use would look as if it stayed for good.
        _ when alloc.IsGo() && alloc.Summary!.AllocSampleCount == 0 => "The allocation profile holds no sample: no collection completed while it was taken, or the program allocated nothing. Take a longer one.",
        _ => CaptureRuntime.WhyNotTogether(alloc, heap)
            ?? (alloc.Summary is { AllocSampleCount: 0 } ? "The allocation capture holds no sample: the program allocated next to nothing while it was taken. Take a longer one, under load." : null),
    };

    /// <summary>The capture to put beside one: of the same process if there is one, else of the same version, else any; of these the nearest in time.</summary>
    public static Capture? PartnerOf(Capture chosen, IEnumerable<Capture> known) => known
        .OrderBy(other => other.IsGo() == chosen.IsGo() ? 0 : 1).ThenBy(other => other.InstanceId == chosen.InstanceId ? 0 : other.Version == chosen.Version ? 1 : 2)
        .ThenBy(other => (other.RequestedAt - chosen.RequestedAt).Duration()).FirstOrDefault();
}
