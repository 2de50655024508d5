using System.Diagnostics;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.EndToEnd.Tests.Faults;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>Several silos as an operator has them: both work, one dies, one after the other is restarted.</summary>
[Collection<FaultCollection>, Trait("Ring", "process")]
public sealed class TwoSilosTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Seconds = 3;
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly TwoSilos cluster = new();

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Silo_IsKilled_ItsAgentsAndCampaignsGoOnAtTheOther()
    {
        await using var first = await WatchedProbe.StartAsync();
        await using var second = await WatchedProbe.StartAsync();
        await StartBothAsync(first, second);

        // Agents on both silos, one campaign over both.
        AssertReady(await CaptureAsync(first.Service, second.Service), 2);
        await KillAsync(first, second);

        // What was acknowledged before is still there, and the silo that comes back is one of both again.
        await cluster.StartSiloAsync(0);
        AssertReady(await CaptureAsync(first.Service, second.Service), 2);
    }

    [Fact]
    public async Task Silos_RestartedOneAfterTheOther_LoseNoCapture()
    {
        await using var first = await WatchedProbe.StartAsync();
        await using var second = await WatchedProbe.StartAsync();
        await StartBothAsync(first, second);
        var campaigns = new List<string>();
        foreach (var number in new[] { 0, 1 })
        {
            campaigns.Add(await CreateAsync(first.Service, second.Service));
            await Until.TrueAsync("both captures run", Ample, async () => (await cluster.Portal.CampaignAsync(campaigns[^1])).Targets is { Count: 2 } targets && targets.All(target => target.Phase >= CapturePhase.Collecting));
            Assert.Equal(0, await cluster.Silo(number).StopAsync());
            await cluster.StartSiloAsync(number);
            await RunningAsync(first, second);
        }

        foreach (var campaign in campaigns)
        {
            AssertReady(await EndedAsync(campaign), 2);
        }
    }

    private async Task StartBothAsync(WatchedProbe first, WatchedProbe second)
    {
        // The first agent comes while there is only one silo, and stays there as long as that lives.
        cluster.StartAgent(first.Service, 0, 1);
        await cluster.StartPortalAsync();
        await Until.TrueAsync("the first agent is there", Ample, async () => (await cluster.Portal.InstancesAsync(first.Service)).Count == 1);
        await cluster.StartSiloAsync(1);
        cluster.StartAgent(second.Service, 1);
        await RunningAsync(first, second);
    }

    private Task RunningAsync(params WatchedProbe[] probes) => Until.TrueAsync("all instances run", Ample, async () =>
    {
        foreach (var probe in probes)
        {
            if ((await cluster.Portal.InstancesAsync(probe.Service)).Count != 1)
            {
                return false;
            }
        }

        return true;
    });

    /// <summary>Kills the silo that the first agent is connected to while captures run on both hosts; measures how long until both hosts capture again.</summary>
    private async Task KillAsync(WatchedProbe first, WatchedProbe second)
    {
        var running = await CreateAsync(first.Service, second.Service);
        await Until.TrueAsync("both captures run", Ample, async () => (await cluster.Portal.CampaignAsync(running)).Targets is { Count: 2 } targets && targets.All(target => target.Phase >= CapturePhase.Collecting));
        await cluster.Silo(0).KillAsync();
        var killed = Stopwatch.GetTimestamp();

        AssertReady(await EndedAsync(running), 2);
        var ended = Stopwatch.GetElapsedTime(killed);
        await RunningAsync(first, second);
        AssertReady(await CaptureAsync(first.Service, second.Service), 2);
        output.WriteLine($"kill -9 of a silo: the campaign under way was complete after {ended.TotalSeconds:0.0} s, a new one over both hosts after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s ({Seconds} s of each are recording)");
    }

    private async Task<Campaign> CaptureAsync(params string[] services) => await EndedAsync(await CreateAsync(services));

    /// <summary>A person would press the button again while the portal is without a silo.</summary>
    private Task<string> CreateAsync(params string[] services) => Until.NotNullAsync<string>("the campaign is taken", Ample, async () => await cluster.Portal.TryCreateCampaignAsync(new()
    {
        Name = "both", Selector = new() { Services = services }, Kinds = [CaptureKind.Trace], SampleSize = 2, DurationSeconds = Seconds,
    }));

    private Task<Campaign> EndedAsync(string campaign) => Until.NotNullAsync(
        $"campaign {campaign} is over", Ample, async () => await cluster.Portal.CampaignAsync(campaign) is { State: >= CampaignState.Completed } over ? over : null);

    private void AssertReady(Campaign campaign, int count)
    {
        var states = string.Join("; ", campaign.Targets.Select(target => $"{target.State} {target.Failure} {target.Detail} try {target.Attempt}"));
        Assert.True(campaign.Targets.Count == count && campaign.Targets.All(target => target.State == CaptureState.Ready), $"{states}\n{cluster.Said}");
    }
}
