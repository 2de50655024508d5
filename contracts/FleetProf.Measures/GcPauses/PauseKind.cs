namespace FleetProf.Measures.GcPauses;

/// <summary>Which stop of the world a pause was. Numbers equal those of agent.proto.</summary>
public enum PauseKind
{
    /// <summary>The whole of a blocking collection.</summary>
    Blocking = 1,

    /// <summary>The first stop of a background collection.</summary>
    BackgroundInitial = 2,

    /// <summary>The second stop of a background collection, at the end of its marking.</summary>
    BackgroundFinal = 3,

    /// <summary>A young collection while a background collection is under way.</summary>
    Foreground = 4,
}
