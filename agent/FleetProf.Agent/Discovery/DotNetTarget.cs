using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Discovery;

/// <summary>A .NET process, captured by sessions over its diagnostic socket.</summary>
public sealed record DotNetTarget : TargetProcess
{
    /// <summary>Verified socket, and pid as the agent sees it.</summary>
    public required DiagnosticEndpoint Endpoint { get; init; }

    public override int Pid => Endpoint.Pid;

    /// <summary>Null when the runtime did not say.</summary>
    public Version? RuntimeVersion { get; init; }
}
