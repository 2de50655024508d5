using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>The programs of one version, as `dotnet build` leaves them.</summary>
/// <param name="Folder">The folder bin of its artifacts.</param>
internal sealed record Build(string Folder)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(5);

    /// <summary>That of this program.</summary>
    public static Build Own { get; } = new(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..")));

    /// <summary>Others are built as this one is.</summary>
    private static string Flavour => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public string ProgramOf(string assembly) => ProgramOf(assembly, assembly);

    /// <summary>Runs a command of its CLI to its end.</summary>
    /// <param name="environment">Beside this process's own.</param>
    /// <param name="arguments">Of `fleetprof`.</param>
    public async Task<(int ExitCode, string Said)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        await using var run = FleetProfProcess.StartProgram(ProgramOf("FleetProf.Cli", "fleetprof"), environment, arguments);
        return (await run.UntilEndAsync(CommandLimit), run.Said);
    }

    private string ProgramOf(string project, string assembly) => Path.Combine(Folder, project, Flavour, $"{assembly}.dll");
}
