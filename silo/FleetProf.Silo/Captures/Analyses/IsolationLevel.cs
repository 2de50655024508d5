namespace FleetProf.Silo.Captures.Analyses;

/// <summary>How far the analyzer is kept apart from everything else; each level has all of the one before.</summary>
internal enum IsolationLevel
{
    /// <summary>Limits of heap, CPU, time and output; where setpriv is there, no new privileges.</summary>
    Limits = 0,

    /// <summary>Users, network, IPC and processes of its own: no address can be reached, no other process be seen or signalled.</summary>
    Network = 1,

    /// <summary>A root folder of its own with read-only system folders, its input and its output: nothing else can be opened.</summary>
    Room = 2,
}
