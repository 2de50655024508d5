using System.Diagnostics;
using System.Globalization;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Analyze;

/// <summary>Runs the analyzer as a child with a bounded heap and time: files may come from anywhere.</summary>
internal static class AnalyzerProcess
{
    /// <summary>A heap of 20 million objects fits. More of a large machine may be used for more.</summary>
    private const long MinimumHeapBytes = 0x60000000;

    private static readonly TimeSpan WallLimit = TimeSpan.FromMinutes(5);

    /// <exception cref="CommandFailedException">The file cannot be read, or the analyzer overran its limits.</exception>
    public static Task AnalyzeAsync(string input, string? kind, string output, CancellationToken cancellationToken) =>
        RunAsync(["analyze", "--input", input, "--output", output, .. kind is null ? [] : (string[])["--kind", kind]], cancellationToken);

    /// <exception cref="CommandFailedException">A file cannot be read, or the analyzer overran its limits.</exception>
    public static Task DiffAsync(string before, string after, string output, CancellationToken cancellationToken) =>
        RunAsync(["diff", before, after, "--output", output], cancellationToken);

    /// <exception cref="CommandFailedException">A file cannot be read, or the analyzer overran its limits.</exception>
    public static Task EscapesAsync(string report, string profile, string output, CancellationToken cancellationToken) =>
        RunAsync(["escapes", report, profile, "--output", output], cancellationToken);

    private static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(StartInfo(arguments))
            ?? throw new CommandFailedException(ExitCode.Usage, "The analyzer did not start.");
        var message = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var ignored = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(WallLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new CommandFailedException(ExitCode.Usage, $"The analyzer was stopped after {WallLimit.TotalMinutes:0} minutes.", "The file is too large or damaged.");
        }

        await ignored;
        if (process.ExitCode != 0)
        {
            var reason = (await message).Split('\n')[0].Trim();
            throw new CommandFailedException(
                ExitCode.Usage,
                reason.Length > 0 ? reason : $"The analyzer ended with code {process.ExitCode}.",
                "The file is damaged, hostile, cut off, or neither a .nettrace, a .gcdump, a pprof profile, nor a log of collections (gctrace of Go, -Xlog:gc* of Java).");
        }
    }

    private static long HeapLimit() => Math.Max(MinimumHeapBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        var command = BuiltProgram.Command("FleetProf.Analyzer");
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["DOTNET_GCHeapHardLimit"] = HeapLimit().ToString("X", CultureInfo.InvariantCulture), ["DOTNET_gcServer"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
        foreach (var argument in command.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
