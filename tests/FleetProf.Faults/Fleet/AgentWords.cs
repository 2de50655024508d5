using System.Globalization;
using System.Text.RegularExpressions;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Fleet;

/// <summary>What an agent says when it begins and ends a capture: the only witness of starts that the silo has no hand in.</summary>
internal static partial class AgentWords
{
    /// <summary>The line of the history that this line of the agent is; null for all others.</summary>
    public static HistoryEvent? Read(string agent, string line)
    {
        if (Begins().Match(line) is { Success: true } begins)
        {
            return Event(HistoryKind.Started, agent, begins) with { Service = begins.Groups["service"].Value };
        }

        return Ends().Match(line) is { Success: true } ends ? Event(HistoryKind.Ended, agent, ends) with { Text = ends.Groups["outcome"].Value } : null;
    }

    private static HistoryEvent Event(HistoryKind kind, string agent, Match match) => new()
    {
        Kind = kind, Agent = agent, Capture = match.Groups["capture"].Value, Attempt = int.Parse(match.Groups["attempt"].Value, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@" Capture (?<capture>\S+)#(?<attempt>\d+) \(\w+\) of (?<service>\S+), process \d+, begins")]
    private static partial Regex Begins();

    [GeneratedRegex(@" Capture (?<capture>\S+)#(?<attempt>\d+) ended: (?<outcome>\S+)")]
    private static partial Regex Ends();
}
