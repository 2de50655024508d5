using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Captures of an agent that is revoked or quarantined meanwhile, and may not say what became of them.</summary>
public sealed class CampaignShutOutTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignShutOutTests() => rig = new CampaignRig(clock: clock);

    private EnrolledTable Enrolled => rig.Services.GetRequiredService<EnrolledTable>();

    private ShutOutAgents ShutOut => rig.Services.GetRequiredService<ShutOutAgents>();

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        await rig.StartAsync();
        var token = JoinTokenText.Create();
        await new JoinTokenTable(rig.Database, clock).AddAsync(token, new JoinTokenRequest(), "ann", clock.GetUtcNow().AddHours(1));
        var row = new EnrolledRow { AgentId = rig.Fleet[0].AgentId, TokenId = token.Id, KeyHash = "k", Host = "host001", Standing = (long)AgentStanding.Active, ChangedBy = "token" };
        Assert.Equal(RedeemResult.Added, await Enrolled.RedeemAsync(row, "10.0.0.1"));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Capture_WhoseAgentIsRevokedWhileItRuns_EndsWithThatReason()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        await Enrolled.RevokeAsync(rig.Fleet[0].AgentId, "bob", "host sold");

        var target = await EndAsync();

        Assert.Equal((CaptureState.Failed, CaptureFailure.AgentUnreachable, "The agent was revoked by bob (host sold)."), (target.State, target.Failure, target.Detail));
    }

    [Fact]
    public async Task Capture_WhoseAgentIsQuarantinedBeforeItBegins_EndsWithThatReason()
    {
        rig.Agents.Answer = (_, _) => CaptureFailure.AgentUnreachable;
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await Enrolled.QuarantineAsync(rig.Fleet[0].AgentId, "Its state folder exists twice.");

        var target = await EndAsync();

        Assert.Equal((CaptureState.Failed, CaptureFailure.AgentUnreachable, "The agent was quarantined: Its state folder exists twice."), (target.State, target.Failure, target.Detail));
    }

    [Fact]
    public async Task Capture_StoppedAtAnAgentThatIsRevoked_SaysBoth()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        await Enrolled.RevokeAsync(rig.Fleet[0].AgentId, "bob", null);
        await rig.Campaign.StopAsync("ann");

        var target = await EndAsync();

        Assert.Equal((CaptureState.Cancelled, "Stopped by ann. The agent was revoked by bob."), (target.State, target.Detail));
    }

    [Fact]
    public async Task Capture_WhoseAgentIsOnlySilent_EndsAsBefore()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();

        Assert.Equal(CaptureFailure.TimedOut, (await EndAsync()).Failure);
    }

    [Fact]
    public async Task Capture_WhoseAgentIsKnownToBeShutOut_IsWaitedForNoLongerThanAStop()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        await Enrolled.RevokeAsync(rig.Fleet[0].AgentId, "bob", "host sold");
        ShutOut.Know([rig.Fleet[0].AgentId]);
        var began = clock.GetUtcNow();

        var target = await EndAsync();

        Assert.Equal((CaptureState.Failed, CaptureFailure.AgentUnreachable, "The agent was revoked by bob (host sold)."), (target.State, target.Failure, target.Detail));
        Assert.InRange(clock.GetUtcNow() - began, new CampaignOptions().StopGrace, new CampaignOptions().StopGrace + TimeSpan.FromSeconds(5));
    }

    /// <summary>Its place would be missed by the other processes of its service meanwhile.</summary>
    [Fact]
    public async Task Capture_AnalysedThoughItsAgentSaysNothingAnyMore_IsReadySoon()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        await rig.ReceiveArtifactAsync(CampaignRig.Capture(1));
        await rig.AnalyseAsync(1);
        var began = clock.GetUtcNow();

        var target = await EndAsync();

        Assert.Equal((CaptureState.Ready, CaptureFailure.None), (target.State, target.Failure));
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.Zero, new CampaignOptions().LostGrace + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Capture_OfAnAgentThatIsShutOutBeforeItsTurn_EndsAtOnceAndTheOthersGoOn()
    {
        rig.Fleet.Add(CampaignRig.Instance(2));
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { SampleSize = 2, MaxConcurrentPerService = 1 }, null);
        var (first, _) = await rig.Agents.NextOrderAsync();
        var campaign = (await rig.Campaign.GetAsync())!;
        var waiting = campaign.Targets.Single(target => target.AgentId != first);
        ShutOut.Know([waiting.AgentId]);

        await rig.TickAsync();

        var targets = (await rig.Campaign.GetAsync())!.Targets;
        Assert.Equal((CaptureState.Failed, CaptureFailure.AgentUnreachable), targets.Where(target => target.AgentId != first).Select(target => (target.State, target.Failure)).Single());
        Assert.Equal(CaptureState.Running, targets.Single(target => target.AgentId == first).State);
    }

    private Task<CampaignTarget> EndAsync() =>
        rig.StepUntilAsync(clock, target => target.State is CaptureState.Failed or CaptureState.Cancelled or CaptureState.Ready, TimeSpan.FromSeconds(5));
}
