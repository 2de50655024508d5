using System.Diagnostics;

namespace FleetProf.EndToEnd.Tests.Load;

/// <summary>The load generator itself, with few agents: its scenarios run, and what they promise at ten thousand holds at fifty.</summary>
[Trait("Ring", "process")]
public sealed class LoadScenarioTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("steady", "0.2", "steady: silo")]
    [InlineData("command", "0", "50 agents stored after")]
    [InlineData("restart", "0.2", "50 agents back, ")]
    public async Task Scenario_OfFiftyAgents_KeepsItsPromises(string scenario, string drops, string figure)
    {
        var dll = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Load", "debug", "FleetProf.Load.dll"));
        var start = new ProcessStartInfo("dotnet", [dll, scenario, "--agents", "50", "--seconds", "12", "--seed", "7", "--drops", drops]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var said = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);

            Assert.True(process.ExitCode == 0, $"{said}\n{await errors}");
            Assert.Contains(figure, said, StringComparison.Ordinal);
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
