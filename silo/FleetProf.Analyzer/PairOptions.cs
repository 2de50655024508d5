using System.Globalization;

namespace FleetProf.Analyzer;

/// <summary>The command lines of verbs over two inputs: <c>VERB FIRST SECOND [--output FOLDER] [--max-output-bytes N]</c>. Output goes beside the second input unless it is named.</summary>
internal sealed record PairOptions(string First, string Second, string Output, long MaxOutputBytes)
{
    public const string DiffUsage = "usage: diff BEFORE AFTER [--output FOLDER] [--max-output-bytes N]";
    public const string EscapesUsage = "usage: escapes REPORT PROFILE [--output FOLDER] [--max-output-bytes N]";

    /// <summary>Null when the line is not usable.</summary>
    public static PairOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count < 3 || args.Count % 2 == 0)
        {
            return null;
        }

        var (output, maxBytes) = ($"{args[2]}.{args[0]}.fleetprof", 4L << 30);
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

        return new PairOptions(args[1], args[2], output, maxBytes);
    }
}
