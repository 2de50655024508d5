using System.Diagnostics;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.EndToEnd.Tests.Faults;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>Several silos as an operator has them: both work, one after the other is restarted, one dies. All of it happens to the same ones.</summary>
[Collection<FaultCollection>, TestCaseOrderer(typeof(AsWritten)), Trait("Ring", "process")]
public sealed class TwoSilosTests(AttachedSilos attached, ITestOutputHelper output) : IClassFixture<AttachedSilos>
{
    private const int Seconds = 3;
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private TwoSilos Silos => attached.Cluster;

    /// <summary>With its first silo the first agent goes to the second one, and with that back again: it ends where it began.</summary>
    [Fact]
    public async Task Silos_RestartedOneAfterTheOther_LoseNoCapture()
    {
        var campaigns = new List<string>();
        foreach (var number in new[] { 0, 1 })
        {
            campaigns.Add(await CreateAsync());
            await Until.TrueAsync("both captures run", Ample, async () => (await Silos.Portal.CampaignAsync(campaigns[^1])).Targets is { Count: 2 } targets && targets.All(target => target.Phase >= CapturePhase.Collecting));
            Assert.Equal(0, await Silos.Silo(number).StopAsync());
            await Silos.StartSiloAsync(number);
            await attached.RunningAsync();
        }

        foreach (var campaign in campaigns)
        {
            AssertReady(await EndedAsync(campaign), 2);
        }
    }

    [Fact]
    public async Task Silo_IsKilled_ItsAgentsAndCampaignsGoOnAtTheOther()
    {
        await attached.FirstIsAtTheFirstAsync();

        // Agents on both silos, one campaign over both.
        AssertReady(await CaptureAsync(), 2);
        await KillAsync();

        // What was acknowledged before is still there, and the silo that comes back is one of both again.
        await Silos.StartSiloAsync(0);
        AssertReady(await CaptureAsync(), 2);
    }

    /// <summary>Kills the silo that the first agent is connected to while captures run on both hosts; measures how long until both hosts capture again.</summary>
    private async Task KillAsync()
    {
        var running = await CreateAsync();
        await Until.TrueAsync("both captures run", Ample, async () => (await Silos.Portal.CampaignAsync(running)).Targets is { Count: 2 } targets && targets.All(target => target.Phase >= CapturePhase.Collecting));
        await Silos.Silo(0).KillAsync();
        var killed = Stopwatch.GetTimestamp();

        AssertReady(await EndedAsync(running), 2);
        var ended = Stopwatch.GetElapsedTime(killed);
        await attached.RunningAsync();
        AssertReady(await CaptureAsync(), 2);
        output.WriteLine($"kill -9 of a silo: the campaign under way was complete after {ended.TotalSeconds:0.0} s, a new one over both hosts after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s ({Seconds} s of each are recording)");
    }

    private async Task<Campaign> CaptureAsync() => await EndedAsync(await CreateAsync());

    /// <summary>A person would press the button again while the portal is without a silo.</summary>
    private Task<string> CreateAsync() => Until.NotNullAsync<string>("the campaign is taken", Ample, async () => await Silos.Portal.TryCreateCampaignAsync(new()
    {
        Name = "both", Selector = new() { Services = [attached.First.Service, attached.Second.Service] }, Kinds = [CaptureKind.Trace], SampleSize = 2, DurationSeconds = Seconds,
    }));

    private Task<Campaign> EndedAsync(string campaign) => Until.NotNullAsync(
        $"campaign {campaign} is over", Ample, async () => await Silos.Portal.CampaignAsync(campaign) is { State: >= CampaignState.Completed } over ? over : null);

    private void AssertReady(Campaign campaign, int count)
    {
        var states = string.Join("; ", campaign.Targets.Select(target => $"{target.State} {target.Failure} {target.Detail} try {target.Attempt}"));
        Assert.True(campaign.Targets.Count == count && campaign.Targets.All(target => target.State == CaptureState.Ready), $"{states}\n{Silos.Said}");
    }
}
