using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FleetProf.Cli.Tests.Stub;

namespace FleetProf.Cli.Tests;

/// <summary>Every command line of `fleetprof` in the README, the guides and the messages of the programs is one that it takes.</summary>
public sealed partial class DocumentedCommandTests
{
    [Fact]
    public void Lines_OfGuidesAndReadme_AreTaken() => AssertTaken(atLeast: 100, [.. Documents().SelectMany(path => InBlocks(path).Concat(InText(path)).Concat(InReadmesTable(path)))]);

    [Fact]
    public void Lines_InMessagesAndCommentsOfThePrograms_AreTaken() => AssertTaken(
        atLeast: 30,
        [.. new[] { "agent", "contracts", "portal", "silo" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)).SelectMany(InText).Where(line => !line.Command.Contains('{', StringComparison.Ordinal))]);

    [Fact]
    public async Task Readme_RowWithTheCodesOfVerdicts_NamesOnlyLinesThatEndWithThem()
    {
        using var portal = new StubPortal()
            .On("POST /api/v1/comparisons", Samples.Regressed, 201)
            .On("GET /api/v1/comparisons", new[] { Samples.Regressed })
            .On("GET /api/v1/comparisons/ID", Samples.Regressed);
        var row = Assert.Single(File.ReadAllLines(Path.Combine(Root(), "README.md")), line => line.StartsWith("| `", StringComparison.Ordinal) && line.Contains("1 regressed", StringComparison.Ordinal));
        var lines = InRow(Row().Match(row)).SelectMany(line => Variants(line.Split(' '))).ToList();

        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var run = await CliRun.OfAsync(portal, line);
            Assert.True(run.ExitCode == ExitCode.Regressed, $"fleetprof {string.Join(' ', line)} ends with {run.ExitCode}.");
        }
    }

    private static void AssertTaken(int atLeast, IReadOnlyList<(string Where, string Command)> lines)
    {
        Assert.True(lines.Count >= atLeast, $"{lines.Count} lines were found: is this test still reading them?");
        var problems = lines.SelectMany(line => Variants(line.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => (line.Where, Command: string.Join(' ', words))))
            .SelectMany(line => ProblemsOf(line.Command).Select(problem => $"{line.Where}: fleetprof {line.Command}: {problem}")).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>Words alone name a verb or a group of them, and may lack what it needs; a line with more must be whole.</summary>
    private static IEnumerable<string> ProblemsOf(string command)
    {
        var parsed = CliHost.CreateRoot().Parse(command);
        var isName = parsed.Tokens.All(token => token.Type == TokenType.Command);
        return isName ? [] : parsed.Errors.Select(error => error.Message);
    }

    /// <summary>`list|show ID` are `list` and `show ID`; `--format csv|json` is one line with each.</summary>
    private static IEnumerable<string[]> Variants(string[] words)
    {
        var at = Array.FindIndex(words, word => word.Contains('|', StringComparison.Ordinal));
        if (at < 0)
        {
            return [words];
        }

        var choices = words[at].Split('|', StringSplitOptions.RemoveEmptyEntries);
        var isVerb = words[..at].All(word => Verb().IsMatch(word));
        return isVerb
            ? choices[..^1].Select(choice => (string[])[.. words[..at], choice]).Concat(Variants([.. words[..at], choices[^1], .. words[(at + 1)..]]))
            : choices.SelectMany(choice => Variants([.. words[..at], choice, .. words[(at + 1)..]]));
    }

    private static IEnumerable<(string Where, string Command)> InBlocks(string path) =>
        from block in Block().Matches(File.ReadAllText(path))
        from line in Continued().Replace(block.Groups[1].Value, " ").Split('\n')
        from command in BlockLine().Matches(Comment().Replace(line, ""))
        select (Path.GetFileName(path), Plain(command.Groups[1].Value));

    private static IEnumerable<(string Where, string Command)> InText(string path) =>
        from span in Span().Matches(Block().Replace(File.ReadAllText(path), ""))
        select (Path.GetFileName(path), Plain(span.Groups[1].Value));

    /// <summary>Its first column has verbs without the program's name.</summary>
    private static IEnumerable<(string Where, string Command)> InReadmesTable(string path) =>
        from row in Row().Matches(Path.GetFileName(path) == "README.md" ? File.ReadAllText(path) : "")
        from command in InRow(row)
        select (Path.GetFileName(path), command);

    private static IEnumerable<string> InRow(Match row) => Regex.Matches(row.Groups[1].Value, "`([a-z][^`]*)`").Select(span => Plain(span.Groups[1].Value));

    /// <summary>Without the marks of what may be left out, and of a table's cell.</summary>
    private static string Plain(string text) => text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal).Trim();

    private static IEnumerable<string> Documents() =>
        [Path.Combine(Root(), "README.md"), Path.Combine(Root(), "SECURITY.md"), .. Directory.GetFiles(Path.Combine(Root(), "docs", "guides"), "*.md"), .. Directory.GetFiles(Path.Combine(Root(), "docs", "security"), "*.md")];

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [GeneratedRegex("^ *```\n(.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"\s#\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?:(?:^|; |-- |&& )\s*(?:\w+=\S+ )*fleetprof|portal/FleetProf\.Cli --) ([^;>&]+)")]
    private static partial Regex BlockLine();

    [GeneratedRegex(@"`(?:\w+=\S+ )*fleetprof ([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"^\| (`[a-z].*?) \| ", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^[a-z-]+$")]
    private static partial Regex Verb();
}
