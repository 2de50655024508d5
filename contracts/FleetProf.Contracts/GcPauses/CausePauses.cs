namespace FleetProf.Contracts.GcPauses;

/// <summary>The pauses of one cause. Times in milliseconds.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.cause-pauses")]
public sealed record CausePauses
{
    [Id(0)] public required PauseCause Cause { get; init; }

    /// <summary>Empty when versions were merged.</summary>
    [Id(1)] public string Version { get; init; } = "";

    [Id(2)] public long PauseCount { get; init; }

    /// <summary>Sum of the pauses, to 1 %: it is read from a sketch.</summary>
    [Id(3)] public double PauseMs { get; init; }

    /// <summary>0 to 100 of the pause time of all causes of the same version.</summary>
    [Id(4)] public double PausePercent { get; init; }

    [Id(5)] public double? PauseP50Ms { get; init; }

    [Id(6)] public double? PauseP99Ms { get; init; }

    [Id(7)] public double? MaxPauseMs { get; init; }

    /// <summary>The longest GC of this cause among the longest of all, with the evidence that its agent gave; null when none of them had it.</summary>
    [Id(8)] public LongGc? Longest { get; init; }
}
