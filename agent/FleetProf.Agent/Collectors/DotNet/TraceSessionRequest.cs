namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// What an EventPipe session shall record. The target keeps at most <paramref name="BufferMegabytes"/> of unread events and
/// drops newer ones beyond it; a session of ours never makes the target wait.
/// </summary>
public sealed record TraceSessionRequest(IReadOnlyList<TraceProvider> Providers, int BufferMegabytes, bool RequestRundown)
{
    /// <summary>Whether the target walks the stack at every event. Runtimes that cannot leave it out (before .NET 9) walk anyway.</summary>
    public bool CollectStacks { get; init; } = true;
}
