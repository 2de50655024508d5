using System.CommandLine;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Campaigns;

/// <summary>The option --when-pause-over of verbs that capture.</summary>
internal static class PauseOption
{
    private const string Name = "--when-pause-over";

    public static Option<string?> Create() => new(Name) { Description = "Capture at the next GC pause longer than this, such as 50ms or 1s, instead of at once." };

    /// <summary>Milliseconds; null when it was not given.</summary>
    /// <exception cref="CommandFailedException">It is no time.</exception>
    public static double? MillisecondsOf(string? text) => text is null ? null : TimeArgument.ParseDuration(Name, text).TotalMilliseconds;
}
