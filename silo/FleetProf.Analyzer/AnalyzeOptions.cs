using System.Globalization;

namespace FleetProf.Analyzer;

/// <summary>The command line: <c>analyze [--kind K] [--input] FILE [--output FOLDER] [--max-output-bytes N]</c>.</summary>
internal sealed record AnalyzeOptions
{
    public const string Usage = "usage: analyze [--kind trace|alloc|gcdump|gc|goroutines] [--input] FILE [--output FOLDER] [--max-output-bytes N]";

    public ArtifactKind Kind { get; private init; }

    public required string Input { get; init; }

    /// <summary>Created when missing. Default: the input's name with ".fleetprof" behind it.</summary>
    public required string Output { get; init; }

    /// <summary>Sum over all written files. Default: 4 GiB.</summary>
    public long MaxOutputBytes { get; private init; } = 4L << 30;

    /// <summary>Only a silo says how much may be written, and only a silo has a setting to raise.</summary>
    public bool IsForSilo { get; private init; }

    /// <summary>Null with a message when the line is not usable.</summary>
    public static AnalyzeOptions? Parse(IReadOnlyList<string> args, out string problem)
    {
        problem = "";
        if (args.Count == 0 || args[0] != "analyze")
        {
            problem = "the first word must be 'analyze'";
            return null;
        }

        var values = new Dictionary<string, string>();
        for (var i = 1; i < args.Count; i++)
        {
            var isOption = args[i].StartsWith("--", StringComparison.Ordinal);
            var name = isOption ? args[i] : "--input";
            if (name is not ("--kind" or "--input" or "--output" or "--max-output-bytes"))
            {
                problem = $"unknown option {name}";
                return null;
            }

            if ((isOption && ++i == args.Count) || !values.TryAdd(name, args[i]))
            {
                problem = $"{name} needs exactly one value";
                return null;
            }
        }

        return FromValues(values, out problem);
    }

    private static AnalyzeOptions? FromValues(Dictionary<string, string> values, out string problem)
    {
        problem = "";
        if (!values.TryGetValue("--input", out var input))
        {
            problem = "no input file";
            return null;
        }

        var kind = ArtifactKind.Auto;
        if (values.TryGetValue("--kind", out var kindText) && (!Enum.TryParse(kindText, ignoreCase: true, out kind) || !char.IsLetter(kindText[0])))
        {
            problem = $"unknown kind '{kindText}'";
            return null;
        }

        var maxBytes = 4L << 30;
        if (values.TryGetValue("--max-output-bytes", out var maxText)
            && (!long.TryParse(maxText, NumberStyles.None, CultureInfo.InvariantCulture, out maxBytes) || maxBytes < 1))
        {
            problem = "--max-output-bytes must be a positive whole number";
            return null;
        }

        return new AnalyzeOptions
        {
            Kind = kind,
            Input = input,
            Output = values.GetValueOrDefault("--output") ?? input + ".fleetprof",
            MaxOutputBytes = maxBytes,
            IsForSilo = maxText is not null,
        };
    }
}
