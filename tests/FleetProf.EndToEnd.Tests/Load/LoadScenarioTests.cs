using System.Diagnostics;
using FleetProf.Load.Scenarios;

namespace FleetProf.EndToEnd.Tests.Load;

/// <summary>The load generator itself, with few agents: its scenarios run, and what they promise at ten thousand holds at fifty, but for the times: these are judged where nothing else runs.</summary>
[Trait("Ring", "process")]
public sealed class LoadScenarioTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Away at the beginning or at the end; with more than a fifth away it is no figure of that fleet.</summary>
    [Theory]
    [InlineData(10_000, 8_000, 16_000, true)]
    [InlineData(8_000, 10_000, 16_000, true)]
    [InlineData(10_000, 7_999, 15_998, false)]
    [InlineData(10_000, 10_000, 20_000, true)]
    public void Figure_OfAFleetOfWhichAFifthIsAway_IsOfThoseThatAreThere(int before, int after, double perCore, bool isMost)
    {
        var fleet = new SteadyFleet(before, after);

        Assert.Equal(perCore, fleet.PerCore(cores: 0.5));
        Assert.Equal(isMost, fleet.IsMostOf(10_000));
    }

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
