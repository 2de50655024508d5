namespace FleetProf.Faults.Scenarios;

/// <summary>Which silos may end by themselves of a fault: one that was declared dead does.</summary>
internal enum OwnEnds
{
    None,

    /// <summary>The one that it is about.</summary>
    ItsSilo,

    AnySilo,
}
