namespace FleetProf.Agent.Discovery;

/// <summary>What a look at a process showed.</summary>
/// <param name="Kind">Whether it is an instance.</param>
/// <param name="Instance">Set for instances only.</param>
internal sealed record ExaminedProcess(ExaminedKind Kind, KnownInstance? Instance = null)
{
    /// <summary>It may not be looked into, although the agent has the right to: something beside the rights of users keeps it away.</summary>
    public bool IsRefused { get; init; }

    public static ExaminedProcess NotDotNet { get; } = new(ExaminedKind.NotDotNet);

    public static ExaminedProcess Ignored { get; } = new(ExaminedKind.Ignored);

    public static ExaminedProcess Unready { get; } = new(ExaminedKind.Unready);
}
