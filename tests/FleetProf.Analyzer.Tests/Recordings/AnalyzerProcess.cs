using System.Diagnostics;

namespace FleetProf.Analyzer.Tests.Recordings;

/// <summary>The real analyzer as a child process under a heap limit, as the silo starts it.</summary>
internal static class AnalyzerProcess
{
    private const long HeapLimitBytes = 512 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Fails the test when the child hangs.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => RunAsync(confinement: null, args);

    /// <param name="confinement">What its variable of that name says; null leaves it out.</param>
    /// <param name="args">The analyzer's words.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string? confinement, string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [BuildOutput.Of("FleetProf.Analyzer"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimitBytes.ToString("x", null);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FLEETPROF_ANALYZER_CONFINEMENT"] = confinement;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            Assert.Fail($"the analyzer hung on {string.Join(' ', args)}");
        }

        return (process.ExitCode, await output, await error);
    }
}
