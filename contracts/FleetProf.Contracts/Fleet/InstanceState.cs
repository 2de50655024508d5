namespace FleetProf.Contracts.Fleet;

/// <summary>Whether an instance can be watched now.</summary>
public enum InstanceState
{
    Running = 0,

    /// <summary>The process has ended.</summary>
    Ended = 1,

    /// <summary>Its agent is not connected; the process may well be running.</summary>
    Unreachable = 2,
}
