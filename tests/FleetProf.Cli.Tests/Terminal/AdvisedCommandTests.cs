using System.Text.RegularExpressions;

namespace FleetProf.Cli.Tests.Terminal;

/// <summary>Pages of the portal tell people what to type next: it must work as it stands there.</summary>
public sealed partial class AdvisedCommandTests
{
    private static readonly string[] Harmless = ["@ShellWord.", "@Capture.CaptureId", "@PageQuery.NameOf(", "@made."];

    [Fact]
    public void Commands_AdvisedByPages_Parse()
    {
        var commands = Commands();

        Assert.True(commands.Length >= 8, $"Only {commands.Length} commands were found.");
        Assert.All(commands, static command =>
        {
            // What the page fills in at run time.
            var typed = Expression().Replace(command, "x").Replace("--format x", "--format csv", StringComparison.Ordinal)["fleetprof ".Length..];
            var errors = CliHost.CreateRoot().Parse(typed).Errors;
            Assert.True(errors.Count == 0, $"{command}: {string.Join(' ', errors.Select(error => error.Message))}");
        });
    }

    /// <summary>Ids and formats are made by FleetProf; whatever else comes from outside.</summary>
    [Fact]
    public void Commands_AdvisedByPages_QuoteWhatTheyFillIn() => Assert.All(
        Commands().SelectMany(command => Expression().Matches(command).Select(match => match.Value)),
        filledIn => Assert.True(Harmless.Any(start => filledIn.StartsWith(start, StringComparison.Ordinal)), $"{filledIn} may be read by a shell: put it into a ShellWord."));

    private static string[] Commands() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root(), "portal", "FleetProf.Portal"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => Advice().Matches(File.ReadAllText(file)).SelectMany(match => match.Groups[1].Value.Split('\n', StringSplitOptions.TrimEntries)))
            .Where(command => command.StartsWith("fleetprof ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal),
    ];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FleetProf.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("FleetProf.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"<(?:code|pre)>(fleetprof [^<]+)<")]
    private static partial Regex Advice();

    [GeneratedRegex(@"@\([^)]*\)|@[\w.]+(\([^)]*\))?")]
    private static partial Regex Expression();
}
