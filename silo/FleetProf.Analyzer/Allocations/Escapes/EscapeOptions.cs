using System.Globalization;

namespace FleetProf.Analyzer.Allocations.Escapes;

/// <summary>The command line <c>escapes REPORT PROFILE [--output FOLDER] [--max-output-bytes N]</c>.</summary>
internal sealed record EscapeOptions(string Report, string Profile, string Output, long MaxOutputBytes)
{
    public const string Usage = "usage: escapes REPORT PROFILE [--output FOLDER] [--max-output-bytes N]";

    /// <summary>Null when the line is not usable.</summary>
    public static EscapeOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count < 3 || args.Count % 2 == 0)
        {
            return null;
        }

        var (output, maxBytes) = (args[2] + ".escapes.fleetprof", 4L << 30);
        for (var i = 3; i < args.Count; i += 2)
        {
            switch (args[i])
            {
                case "--output":
                    output = args[i + 1];
                    break;
                case "--max-output-bytes" when long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out maxBytes) && maxBytes > 0:
                    break;
                default:
                    return null;
            }
        }

        return new EscapeOptions(args[1], args[2], output, maxBytes);
    }
}
