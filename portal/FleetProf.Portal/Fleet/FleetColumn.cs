namespace FleetProf.Portal.Fleet;

/// <summary>What the fleet can be sorted by.</summary>
public enum FleetColumn
{
    Service,
    Version,
    Host,
    Process,
    Runtime,
    Cpu,
    Heap,
    TimeInGc,
    LastPause,
    PauseP99,
    MaxPause,
    Allocation,
    GcCount,
    State,
    LastSeen,
}
