using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Campaigns;

/// <summary>The options --wait and --timeout of verbs that start long jobs.</summary>
internal sealed class WaitOptions
{
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait for the result; progress goes to stderr." };

    private readonly Option<string> _timeout = new("--timeout") { Description = "Longest wait, such as 90s or 10m.", DefaultValueFactory = _ => "30m" };

    public IEnumerable<Symbol> All => [_wait, _timeout];

    public bool IsWanted(CliContext context) => context.Get(_wait);

    public TimeSpan Timeout(CliContext context) => TimeArgument.ParseDuration("--timeout", context.Get(_timeout)!);
}
