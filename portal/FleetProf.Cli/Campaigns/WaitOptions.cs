using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Campaigns;

/// <summary>The options --wait and --timeout of verbs that start long jobs.</summary>
internal sealed class WaitOptions
{
    /// <summary>What was recorded at the last moment is uploaded and analysed after the deadline.</summary>
    private static readonly TimeSpan AnalysisTime = TimeSpan.FromMinutes(10);

    private readonly Option<bool> _wait = new("--wait") { Description = "Wait for the result; progress goes to stderr." };

    private readonly Option<string?> _timeout = new("--timeout") { Description = "Longest wait, such as 90s or 10m. Default: until the deadline, and 10 minutes for the analysis." };

    public IEnumerable<Symbol> All => [_wait, _timeout];

    public bool IsWanted(CliContext context) => context.Get(_wait);

    /// <summary>How long is waited at most.</summary>
    /// <param name="context">Of the verb.</param>
    /// <param name="deadline">Of what is waited for: until then something may be recorded.</param>
    /// <exception cref="CommandFailedException">The option is no time span.</exception>
    public TimeSpan Timeout(CliContext context, TimeSpan deadline) =>
        context.Get(_timeout) is { } timeout ? TimeArgument.ParseDuration("--timeout", timeout) : deadline + AnalysisTime;
}
