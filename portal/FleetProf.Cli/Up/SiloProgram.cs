using System.Diagnostics;

namespace FleetProf.Cli.Up;

/// <summary>Verbs that the silo's program carries out; it writes to our terminal.</summary>
internal static class SiloProgram
{
    /// <summary>The exit code of ours.</summary>
    public static async Task<int> RunAsync(string verb, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        string[] command = [.. BuiltProgram.Command("FleetProf.Silo"), verb, .. settings];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false };
        using var silo = Process.Start(start) ?? throw new CommandFailedException(ExitCode.Usage, "The silo's program did not start.");
        await silo.WaitForExitAsync(cancellationToken);
        return silo.ExitCode == 0 ? ExitCode.Success : ExitCode.Usage;
    }
}
