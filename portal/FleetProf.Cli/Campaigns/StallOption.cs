using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Campaigns;

/// <summary>The option --max-stall of verbs that capture.</summary>
internal static class StallOption
{
    private const string Name = "--max-stall";

    public static Option<string?> Create() => new(Name) { Description = "Refuse heap snapshots that would stop their process for longer, by estimate, such as 500ms or 10s. Default: 2s, and 10s for the first of a service." };

    /// <summary>Milliseconds; null when it was not given.</summary>
    /// <exception cref="CommandFailedException">It is no time.</exception>
    public static double? MillisecondsOf(string? text) => text is null ? null : TimeArgument.ParseDuration(Name, text).TotalMilliseconds;
}
