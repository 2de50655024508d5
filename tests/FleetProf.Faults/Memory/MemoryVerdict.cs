namespace FleetProf.Faults.Memory;

/// <summary>What can be said of a process's memory.</summary>
internal enum MemoryVerdict
{
    /// <summary>It did not live long enough, or could not be read often enough.</summary>
    NotJudged,

    /// <summary>It grows by less than the limit.</summary>
    Kept,

    /// <summary>It grows by more than the limit.</summary>
    Leak,

    /// <summary>The readings allow for both.</summary>
    NotDecided,
}
