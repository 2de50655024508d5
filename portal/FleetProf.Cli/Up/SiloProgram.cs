using System.Diagnostics;

namespace FleetProf.Cli.Up;

/// <summary>Verbs that the silo's program carries out; it writes to our terminal, and is ended with us.</summary>
internal static class SiloProgram
{
    /// <summary>The exit code of ours: the program says 1 where it failed, which with us is a regression.</summary>
    public static async Task<int> RunAsync(string verb, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        using var silo = Start(verb, settings, isRead: false);
        await using var end = EndWithUs(silo, cancellationToken);
        await silo.WaitForExitAsync(CancellationToken.None);
        return CodeOf(silo, ExitCode.Success, cancellationToken);
    }

    /// <summary>The exit code that <paramref name="read"/> makes of what the program prints; ours where it failed. Its complaints go to our terminal.</summary>
    public static async Task<int> ReadAsync(string verb, IEnumerable<string> settings, Func<TextReader, Task<int>> read, CancellationToken cancellationToken)
    {
        using var silo = Start(verb, settings, isRead: true);
        await using var end = EndWithUs(silo, cancellationToken);
        var exitCode = await read(silo.StandardOutput);

        // It may have heard enough, and the program waits until somebody takes the rest.
        await silo.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        await silo.WaitForExitAsync(CancellationToken.None);
        return CodeOf(silo, exitCode, cancellationToken);
    }

    /// <summary>
    /// Its verbs know no other end, and bear it at any point as they bear Ctrl+C: steps of tables are transactions, files get their names when they are
    /// whole, a restore is run again, and a backup without its list is none. pg_dump and pg_restore below it end too.
    /// </summary>
    private static CancellationTokenRegistration EndWithUs(Process silo, CancellationToken cancellationToken) =>
        cancellationToken.Register(() => silo.Kill(entireProcessTree: true));

    private static int CodeOf(Process silo, int whenDone, CancellationToken cancellationToken) =>
        silo.ExitCode == 0 ? whenDone : cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Usage;

    private static Process Start(string verb, IEnumerable<string> settings, bool isRead)
    {
        string[] command = [.. BuiltProgram.Command("FleetProf.Silo"), verb, .. settings];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = isRead };
        return Process.Start(start) ?? throw new CommandFailedException(ExitCode.Usage, "The silo's program did not start.");
    }
}
