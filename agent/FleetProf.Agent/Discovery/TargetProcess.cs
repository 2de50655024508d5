namespace FleetProf.Agent.Discovery;

/// <summary>A discovered process as captures need it.</summary>
public abstract record TargetProcess
{
    public required string InstanceId { get; init; }

    public required string Service { get; init; }

    /// <summary>As the agent sees it.</summary>
    public abstract int Pid { get; }

    /// <summary>Field 22 of /proc/PID/stat: together with the pid it identifies the process for the life of the host.</summary>
    public required long StartJiffies { get; init; }
}
