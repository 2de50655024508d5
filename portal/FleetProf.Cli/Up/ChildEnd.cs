namespace FleetProf.Cli.Up;

/// <summary>How a child ended, and the last it said on stderr.</summary>
internal sealed record ChildEnd(int ExitCode, string LastWords)
{
    private const int Signalled = 128;

    /// <summary>"was killed (signal 9)" or "ended with code 2".</summary>
    public string How => ExitCode is > Signalled and < Signalled + 65 ? $"was killed (signal {ExitCode - Signalled})" : $"ended with code {ExitCode}";
}
