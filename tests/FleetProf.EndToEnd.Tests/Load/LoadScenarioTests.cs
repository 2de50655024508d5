using System.Diagnostics;

namespace FleetProf.EndToEnd.Tests.Load;

/// <summary>The load generator itself, with few agents: its scenarios run, and what they promise at ten thousand holds at fifty, but for the times: these are judged where nothing else runs.</summary>
[Trait("Ring", "process")]
public sealed class LoadScenarioTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("steady", "0.2", "steady: silo", "of them not stored: 0")]
    [InlineData("command", "0", "50 agents stored after", "aim below 2 s (not judged)")]
    [InlineData("restart", "0.2", "50 agents back, ", "aim below 120 s (not judged)")]
    public async Task Scenario_OfFiftyAgents_KeepsItsPromises(string scenario, string drops, string figure, string aim)
    {
        var dll = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Load", "debug", "FleetProf.Load.dll"));
        // Of commands two rounds: each holds the same promises, and the first alone counts to no median.
        var start = new ProcessStartInfo("dotnet", [dll, scenario, "--agents", "50", "--seconds", "12", "--seed", "7", "--drops", drops, "--aim", "0", "--rounds", "2"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var said = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);

            Assert.True(process.ExitCode == 0, $"{said}\n{await errors}");
            Assert.Contains(figure, said, StringComparison.Ordinal);
            Assert.Contains(aim, said, StringComparison.Ordinal);
            Assert.EndsWith("kept", said.TrimEnd(), StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
