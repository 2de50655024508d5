using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Of a hundred captures and more: their agents have their word before anything is done that only makes sure.</summary>
public sealed class LargeCampaignTests : IAsyncLifetime
{
    private const int Captures = 100;
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public LargeCampaignTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange(Enumerable.Range(1, Captures).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Results_OfAllAtOnce_AreTakenBeforePlacesAreMadeSureOf()
    {
        await BeginAsync("checkout");

        Assert.All(await Task.WhenAll(Enumerable.Range(1, Captures).Select(ReportAsync)), Assert.True);

        // Their gateways have freed the places; here, where there are none, nobody has yet, though the step is over when the campaign answers.
        Assert.NotNull(await rig.Campaign.GetAsync());
        Assert.Empty(rig.Agents.Ended);
        clock.Advance(new CampaignOptions().RetryDelay);
        Assert.True(SpinWait.SpinUntil(() => rig.Agents.Ended.Distinct().Count() == Captures, Ample));
    }

    [Fact]
    public async Task Results_OfHostsThatHaveMoreToDo_FreeTheirPlacesAtOnce()
    {
        rig.Fleet.Add(CampaignRig.Instance(Captures + 1, "basket", host: 1));
        await BeginAsync("basket", "checkout");
        var first = (await rig.Campaign.GetAsync())!.Targets.Single(target => target.AgentId == "agent001" && target.State == CaptureState.Running).CaptureId;

        var begun = (await rig.Campaign.GetAsync())!.Targets.Where(target => target.State == CaptureState.Running).Select(target => target.CaptureId);
        Assert.All(await Task.WhenAll(begun.Select(ReportAsync)), Assert.True);

        Assert.True(SpinWait.SpinUntil(() => rig.Agents.Taken.Count == Captures + 1, Ample));
        Assert.Equal([$"{first}#1"], rig.Agents.Ended);
    }

    private async Task BeginAsync(params string[] services)
    {
        var creation = await rig.Campaign.CreateAsync(
            CampaignRig.Spec with { Selector = new() { Services = services }, SampleSize = null, SampleFraction = 1, MaxConcurrentPerService = Captures }, null);
        Assert.Empty(creation.Problems);
        Assert.True(SpinWait.SpinUntil(() => rig.Agents.Taken.Count == Captures, Ample));
    }

    private Task<bool> ReportAsync(int ordinal) => ReportAsync(CampaignRig.Capture(ordinal));

    private Task<bool> ReportAsync(string captureId) => rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = captureId, Attempt = 1, Failure = CaptureFailure.ProcessExited });
}
