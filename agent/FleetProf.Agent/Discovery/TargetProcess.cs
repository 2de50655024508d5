using FleetProf.Agent.Collectors.DotNet;

namespace FleetProf.Agent.Discovery;

/// <summary>A discovered process as captures need it.</summary>
public sealed record TargetProcess
{
    public required string InstanceId { get; init; }

    public required string Service { get; init; }

    /// <summary>Verified socket, and pid as the agent sees it.</summary>
    public required DiagnosticEndpoint Endpoint { get; init; }

    /// <summary>Field 22 of /proc/PID/stat: together with the pid it identifies the process for the life of the host.</summary>
    public required long StartJiffies { get; init; }

    /// <summary>Null when the runtime did not say.</summary>
    public Version? RuntimeVersion { get; init; }
}
