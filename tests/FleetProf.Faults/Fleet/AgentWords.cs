using System.Globalization;
using System.Text.RegularExpressions;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Fleet;

/// <summary>What an agent says when it begins and ends a capture, the only witness of starts that the silo has no hand in, when it is not let in because it is there twice, and when it has no silo.</summary>
internal static partial class AgentWords
{
    /// <summary>The line of the history that this line of the agent is; null for all others.</summary>
    public static HistoryEvent? Read(string agent, string line)
    {
        if (Begins().Match(line) is { Success: true } begins)
        {
            return Event(HistoryKind.Started, agent, begins) with { Service = begins.Groups["service"].Value };
        }

        if (Ends().Match(line) is { Success: true } ends)
        {
            return Event(HistoryKind.Ended, agent, ends) with { Text = ends.Groups["outcome"].Value };
        }

        if (Refusal().Match(line) is { Success: true } refusal)
        {
            return new HistoryEvent { Kind = HistoryKind.Refused, Agent = agent, Text = refusal.Value.Trim() };
        }

        return Loss().Match(line) is { Success: true } loss ? new HistoryEvent { Kind = HistoryKind.Lost, Agent = agent, Text = loss.Groups["reason"].Value } : null;
    }

    private static HistoryEvent Event(HistoryKind kind, string agent, Match match) => new()
    {
        Kind = kind, Agent = agent, Capture = match.Groups["capture"].Value, Attempt = int.Parse(match.Groups["attempt"].Value, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@" Capture (?<capture>\S+)#(?<attempt>\d+) \(\w+\) of (?<service>\S+), process \d+, begins")]
    private static partial Regex Begins();

    [GeneratedRegex(@" Capture (?<capture>\S+)#(?<attempt>\d+) ended: (?<outcome>\S+)")]
    private static partial Regex Ends();

    // One is turned away while the other is there; once both are locked out, that is said at the next look or at the end of a session.
    [GeneratedRegex(@" The silo refused this agent \((?:DuplicateAgent|Quarantined)\)| Two copies of this agent's state folder are in use")]
    private static partial Regex Refusal();

    [GeneratedRegex(@" WRN (?<reason>.+) Trying again in \S+ s; vitals are kept")]
    private static partial Regex Loss();
}
