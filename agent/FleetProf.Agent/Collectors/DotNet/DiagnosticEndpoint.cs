namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>A process's diagnostic port, as discovery verified it: pid and path as the agent sees them, and a check to repeat on every connection.</summary>
public sealed record DiagnosticEndpoint(int Pid, string SocketPath)
{
    /// <summary>Refuses a peer by throwing a <see cref="DiagnosticIpcException"/>; runs after the pid check.</summary>
    public Action<SocketPeer>? VerifyPeer { get; init; }

    /// <summary>Whether sessions may run in the process; by its threads where nothing else is said.</summary>
    public Func<int, bool> MayHaveSessions { get; init; } = DeadSessions.MayExist;

    /// <summary>Whether the process runs; by /proc where nothing else is said.</summary>
    public Func<int, bool> IsAlive { get; init; } = ProcessReading.IsAlive;

    /// <summary>The commands of this port.</summary>
    public DiagnosticIpc Open(TimeProvider time) => new(SocketPath, Pid) { VerifyPeer = VerifyPeer, Time = time };
}
