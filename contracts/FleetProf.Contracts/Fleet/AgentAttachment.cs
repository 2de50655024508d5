namespace FleetProf.Contracts.Fleet;

/// <summary>Answer to an agent that wants to attach.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.agent-attachment")]
public sealed record AgentAttachment
{
    [Id(0)] public AgentRefusal Refusal { get; init; }

    /// <summary>One sentence with the next step, when refused.</summary>
    [Id(1)] public string? Message { get; init; }

    [Id(2)] public int RetryAfterSeconds { get; init; }

    /// <summary>"captureId#attempt" handed to this agent before and not ended, as far as is known.</summary>
    [Id(3)] public IReadOnlyList<string> HandedOut { get; init; } = [];
}
