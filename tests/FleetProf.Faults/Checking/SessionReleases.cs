using FleetProf.Faults.History;

namespace FleetProf.Faults.Checking;

/// <summary>
/// How soon a target is rid of the sessions of an agent that was killed. The kernel closes the agent's end of them with its process; the runtime notices that with
/// the next event, of which targets have some all the time.
/// </summary>
internal static class SessionReleases
{
    /// <summary>What it may take. It is seen a little later than it happens.</summary>
    public const long LimitMs = 2_000;

    /// <summary>Of those that came to their end, in milliseconds, shortest first.</summary>
    public static IReadOnlyList<long> Times(IReadOnlyList<HistoryEvent> history) => [.. Of(history).Where(release => release.Left == 0).Select(release => release.TookMs).Order()];

    public static IEnumerable<Violation> Late(IReadOnlyList<HistoryEvent> history) => Of(history)
        .Where(release => release.Left != 0 || release.TookMs > LimitMs + HistoryChecker.SeenLateMs)
        .Select(release => new Violation(
            Invariant.I6NoSessionLeft, release.Line.At, $"{release.TookMs} ms after {release.Line.Agent} was killed {(release.Left == 0 ? "the last session ended" : $"{release.Left} sessions remain")} in {release.Line.Text} of {release.Line.Service}."));

    private static IEnumerable<Release> Of(IReadOnlyList<HistoryEvent> history)
    {
        var gone = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in history)
        {
            if (line is { Kind: HistoryKind.AgentGone, Agent: { } killed })
            {
                gone[killed] = line.At;
            }
            else if (line is { Kind: HistoryKind.Released, Agent: { } agent } && gone.TryGetValue(agent, out var at))
            {
                yield return new Release(line, line.Count ?? 0, line.At - at);
            }
        }
    }

    private sealed record Release(HistoryEvent Line, int Left, long TookMs);
}
