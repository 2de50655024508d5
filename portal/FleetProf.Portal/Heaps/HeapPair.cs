using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Heaps;

/// <summary>Which two snapshots can be compared, and which to offer.</summary>
internal static class HeapPair
{
    /// <summary>Null when they can be.</summary>
    public static string? WhyNot(Capture from, Capture to) => (from, to) switch
    {
        ({ Kind: not CaptureKind.Gcdump }, _) or (_, { Kind: not CaptureKind.Gcdump }) => "Both captures must be heap snapshots.",
        _ when from.Service != to.Service => $"Both snapshots must be of one service; these are of {from.Service} and {to.Service}.",
        ({ State: not CaptureState.Ready }, _) or (_, { State: not CaptureState.Ready }) => "Both snapshots must be ready.",
        _ when from.CaptureId == to.CaptureId => "Choose two different snapshots.",
        _ when from.IsGo() || to.IsGo() => "A heap profile of Go has no types and references to compare; the difference of two profiles shows which functions have more in use.",
        _ => null,
    };

    /// <summary>The snapshot to compare one with: the one before it of the same process, else of the service, else the next one.</summary>
    /// <param name="chosen">A heap snapshot.</param>
    /// <param name="known">Ready snapshots of its service, newest first.</param>
    public static Capture? PartnerOf(Capture chosen, IReadOnlyList<Capture> known)
    {
        var others = known.Where(other => other.CaptureId != chosen.CaptureId).ToList();
        var before = others.Where(other => other.RequestedAt <= chosen.RequestedAt).ToList();
        return before.Find(other => other.InstanceId == chosen.InstanceId) ?? before.FirstOrDefault() ?? others.LastOrDefault();
    }
}
