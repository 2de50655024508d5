using System.Diagnostics;

namespace FleetProf.Cli.Up;

/// <summary>What to run as a child: a .NET program that ends when its standard input ends.</summary>
internal sealed record ChildProgram(string Name, IReadOnlyList<string> Command, IReadOnlyList<string> Arguments)
{
    private const string NewSession = "/usr/bin/setsid";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings files of whatever project the user stands in must not reach the child.</summary>
    public required string WorkingFolder { get; init; }

    public ProcessStartInfo ToStartInfo()
    {
        // Ctrl+C reaches everything in the terminal's session; children leave it, because they end in an order.
        var hasSession = File.Exists(NewSession);
        var start = new ProcessStartInfo(hasSession ? NewSession : Command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = WorkingFolder,
        };
        foreach (var argument in (string[])[.. Command.Skip(hasSession ? 0 : 1), .. Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
