namespace FleetProf.Contracts.Captures;

/// <summary>The pause that a capture waited for, as the agent saw it. Times in milliseconds.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trigger-pause")]
public sealed record TriggerPause
{
    /// <summary>The collection's number in the process.</summary>
    [Id(0)] public long Number { get; init; }

    [Id(1)] public int Generation { get; init; }

    /// <summary>"blocking", "background" (one of its two pauses) or "foreground".</summary>
    [Id(2)] public string Kind { get; init; } = "";

    /// <summary>Why the collection ran, as the runtime names it: "AllocSmall", "Induced", ...</summary>
    [Id(3)] public string Reason { get; init; } = "";

    [Id(4)] public double PauseMs { get; init; }

    /// <summary>Part of the pause until all threads had stopped.</summary>
    [Id(5)] public double SuspendMs { get; init; }

    [Id(6)] public DateTimeOffset EndedAt { get; init; }

    [Id(7)] public long PromotedBytes { get; init; }

    /// <summary>What the pause is put down to, with the figures that this rests on; empty for an ordinary one.</summary>
    [Id(8)] public string Evidence { get; init; } = "";
}
