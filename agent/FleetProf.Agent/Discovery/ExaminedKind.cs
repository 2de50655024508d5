namespace FleetProf.Agent.Discovery;

internal enum ExaminedKind
{
    /// <summary>May become .NET: another program may be executed in it, or load the runtime later.</summary>
    NotDotNet,

    /// <summary>.NET, but no service.</summary>
    Ignored,

    /// <summary>Still starting; look again soon.</summary>
    Unready,

    Instance,
}
