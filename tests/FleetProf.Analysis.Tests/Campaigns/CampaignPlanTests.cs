using CsCheck;
using FleetProf.Analysis.Campaigns;

namespace FleetProf.Analysis.Tests.Campaigns;

public sealed class CampaignPlanTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(50);

    private static readonly Gen<PlannedTarget> Targets = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Enum<TargetStage>(), Gen.Int[-20, 60], Gen.Bool, Gen.Int[-20, 60])
        .Select((service, agent, stage, seconds, isStopped, other) => new PlannedTarget
        {
            CaptureId = "", InstanceId = $"i{service}{agent}", Service = $"s{service}", AgentId = $"a{agent}", Stage = stage,
            NotBefore = Start.AddSeconds(seconds), LeaseUntil = Start.AddSeconds(other), IsStopped = isStopped,
            UnreachableSince = other % 3 == 0 ? Start.AddSeconds(-other) : null, LostAt = seconds % 4 == 0 ? Start.AddSeconds(other) : null,
            CancelAgainAt = other % 2 == 0 ? Start.AddSeconds(seconds) : null,
        });

    private static readonly Gen<PlanInput> Inputs = Gen.Select(Targets.Array[0, 40], Gen.Int[1, 4], Gen.Int[-10, 30]).Select((targets, bound, deadline) => new PlanInput
    {
        Now = Start, Deadline = Start.AddSeconds(deadline), MaxConcurrentPerService = bound, UnreachableGrace = TimeSpan.FromSeconds(15),
        Targets = [.. targets.Select((target, index) => target with { CaptureId = $"c{index:d2}" })],
    });

    [Fact]
    public void Starts_OfAnyState_KeepEveryBound() => Inputs.Sample(input =>
    {
        var step = CampaignPlan.Next(input);

        var ended = step.Ends.Select(end => end.CaptureId).ToHashSet();
        var after = input.Targets.Where(target => !ended.Contains(target.CaptureId))
            .Where(target => target.Stage == TargetStage.Running || step.Starts.Contains(target.CaptureId))
            .ToList();
        foreach (var started in input.Targets.Where(target => step.Starts.Contains(target.CaptureId)))
        {
            Assert.Equal(TargetStage.Pending, started.Stage);
            Assert.False(started.IsStopped || started.NotBefore > input.Now || input.Now >= input.Deadline);
            Assert.Single(after, target => target.AgentId == started.AgentId);
            Assert.True(after.Count(target => target.Service == started.Service) <= input.MaxConcurrentPerService);
        }
    });

    [Fact]
    public void Next_OfAnyState_LeavesNothingStartableAndNothingAsleep() => Inputs.Sample(input =>
    {
        var step = CampaignPlan.Next(input);

        var ended = step.Ends.Select(end => end.CaptureId).ToHashSet();
        var open = input.Targets.Where(target => target.Stage != TargetStage.Final && !ended.Contains(target.CaptureId)).ToList();
        var busy = open.Where(target => target.Stage == TargetStage.Running || step.Starts.Contains(target.CaptureId)).ToList();
        Assert.Equal(open.Count == 0, step.WakeAt is null);
        Assert.DoesNotContain(open, target => target.Stage == TargetStage.Running && target.LeaseUntil <= input.Now);
        Assert.Empty(step.Starts.Intersect(ended));
        foreach (var idle in open.Where(target => target.Stage == TargetStage.Pending && !step.Starts.Contains(target.CaptureId)))
        {
            var isHeld = idle.NotBefore > input.Now || input.Now >= input.Deadline
                || busy.Any(target => target.AgentId == idle.AgentId)
                || busy.Count(target => target.Service == idle.Service) >= input.MaxConcurrentPerService
                || open.Any(target => target.InstanceId == idle.InstanceId && target.Stage == TargetStage.Pending && string.CompareOrdinal(target.CaptureId, idle.CaptureId) < 0);
            Assert.True(isHeld, $"{idle.CaptureId} could have started.");
        }
    });

    [Theory]
    [InlineData(TargetStage.Pending, false, 0, TargetEnd.Expired)]
    [InlineData(TargetStage.Pending, true, 10, TargetEnd.Stopped)]
    [InlineData(TargetStage.Running, false, 10, TargetEnd.TimedOut)]
    [InlineData(TargetStage.Running, true, 10, TargetEnd.StopUnconfirmed)]
    [InlineData(TargetStage.Running, false, 0, TargetEnd.ExpiredRunning)]
    [InlineData(TargetStage.Analysing, true, 10, TargetEnd.AnalysisOverdue)]
    public void End_OfAStage_HasItsReason(TargetStage stage, bool isStopped, int secondsToDeadline, TargetEnd expected)
    {
        var target = Target(stage) with { IsStopped = isStopped, LeaseUntil = Start };

        Assert.Equal(expected, Assert.Single(CampaignPlan.Next(Input(secondsToDeadline, target)).Ends).End);
    }

    [Fact]
    public void Running_WithinItsLease_IsOnlyToldToStopWhenStoppedOrPastTheDeadline()
    {
        var running = Target(TargetStage.Running) with { LeaseUntil = Start.AddSeconds(30) };

        Assert.Empty(CampaignPlan.Next(Input(10, running)).Cancels);
        Assert.Single(CampaignPlan.Next(Input(10, running with { IsStopped = true })).Cancels);
        Assert.Single(CampaignPlan.Next(Input(0, running)).Cancels);
        Assert.Empty(CampaignPlan.Next(Input(0, running with { CancelAgainAt = Start.AddSeconds(5) })).Cancels);
        Assert.Equal(Start.AddSeconds(5), CampaignPlan.Next(Input(0, running with { CancelAgainAt = Start.AddSeconds(5) })).WakeAt);
    }

    [Fact]
    public void Agent_BackWithoutTheCapture_HasAGraceToSpeakUp()
    {
        var suspected = Target(TargetStage.Running) with { LeaseUntil = Start.AddSeconds(60), LostAt = Start.AddSeconds(1) };

        Assert.Empty(CampaignPlan.Next(Input(100, suspected)).Ends);
        Assert.Equal(TargetEnd.AgentLost, Assert.Single(CampaignPlan.Next(Input(100, suspected with { LostAt = Start })).Ends).End);
    }

    [Fact]
    public void Deadline_WithOnlyAnalysesLeft_IsNoExpiry()
    {
        var analysing = Target(TargetStage.Analysing) with { LeaseUntil = Start.AddSeconds(60) };

        Assert.False(CampaignPlan.Next(Input(0, analysing)).IsPastDeadline);
        Assert.True(CampaignPlan.Next(Input(0, analysing, Target(TargetStage.Pending) with { CaptureId = "c2" })).IsPastDeadline);
    }

    private static PlannedTarget Target(TargetStage stage) => new() { CaptureId = "c1", InstanceId = "i1", Service = "s1", AgentId = "a1", Stage = stage };

    private static PlanInput Input(int secondsToDeadline, params PlannedTarget[] targets) => new()
    {
        Now = Start, Deadline = Start.AddSeconds(secondsToDeadline), MaxConcurrentPerService = 1, UnreachableGrace = TimeSpan.FromSeconds(15), Targets = targets,
    };
}
