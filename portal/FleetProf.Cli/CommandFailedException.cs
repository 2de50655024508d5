namespace FleetProf.Cli;

/// <summary>Ends a command with a message for people and an exit code for scripts.</summary>
public sealed class CommandFailedException : Exception
{
    public CommandFailedException(int exitCode, string message, string? nextStep = null)
        : base(message)
    {
        ExitCode = exitCode;
        NextStep = nextStep;
    }

    public int ExitCode { get; }

    /// <summary>What to do about it, as a sentence or a command.</summary>
    public string? NextStep { get; }

    /// <summary>How long the portal wants to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
