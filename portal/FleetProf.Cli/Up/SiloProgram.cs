using System.Diagnostics;

namespace FleetProf.Cli.Up;

/// <summary>Verbs that the silo's program carries out; it writes to our terminal.</summary>
internal static class SiloProgram
{
    /// <summary>The exit code of ours: the program says 1 where it failed, which with us is a regression.</summary>
    public static async Task<int> RunAsync(string verb, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        using var silo = Start(verb, settings, isRead: false);
        await silo.WaitForExitAsync(cancellationToken);
        return silo.ExitCode == 0 ? ExitCode.Success : ExitCode.Usage;
    }

    /// <summary>The exit code that <paramref name="read"/> makes of what the program prints; ours where it failed. Its complaints go to our terminal.</summary>
    public static async Task<int> ReadAsync(string verb, IEnumerable<string> settings, Func<TextReader, Task<int>> read, CancellationToken cancellationToken)
    {
        using var silo = Start(verb, settings, isRead: true);
        var exitCode = await read(silo.StandardOutput);

        // It may have heard enough, and the program waits until somebody takes the rest.
        await silo.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        await silo.WaitForExitAsync(cancellationToken);
        return silo.ExitCode == 0 ? exitCode : ExitCode.Usage;
    }

    private static Process Start(string verb, IEnumerable<string> settings, bool isRead)
    {
        string[] command = [.. BuiltProgram.Command("FleetProf.Silo"), verb, .. settings];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = isRead };
        return Process.Start(start) ?? throw new CommandFailedException(ExitCode.Usage, "The silo's program did not start.");
    }
}
