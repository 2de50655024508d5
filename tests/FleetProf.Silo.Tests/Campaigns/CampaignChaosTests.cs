using System.Collections.Concurrent;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Campaigns with hasty patience, in real time unless a test says otherwise, while orders, results, writes and whole silos are lost.</summary>
public sealed class CampaignChaosTests : IAsyncDisposable
{
    private const int Bound = 8;
    private static readonly TimeSpan BreakerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(100);

    private readonly CampaignOptions options = CampaignRig.Hasty;
    private CampaignRig rig;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> running = new();
    private SemaphoreSlim mayEnd = new(int.MaxValue);
    private int maxRunning;

    public CampaignChaosTests() => rig = new CampaignRig(options);

    [Fact]
    public async Task Campaign_WithLostOrdersResultsAndWrites_EndsWithEveryAttemptStartedOnce()
    {
        var chance = new Random(20_261_125);
        rig.NextWrite = state => state == "campaign" ? Roll(chance) switch { < 10 => ChaosStorage.Fault.BeforeCommit, < 20 => ChaosStorage.Fault.AfterCommit, _ => ChaosStorage.Fault.None } : ChaosStorage.Fault.None;
        rig.Agents.Answer = (_, _) => Roll(chance) < 10 ? CaptureFailure.AgentUnreachable : null;
        rig.Fleet.AddRange(Enumerable.Range(0, 100).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
        var agents = PlayAgentsAsync(isLost: _ => Roll(chance) < 10);
        await CreateAsync(CampaignRig.Spec with { SampleSize = 100, MaxConcurrentPerService = Bound });

        var campaign = await rig.UntilAsync(campaign => campaign.EndedAt is not null, 120);
        await stop.CancelAsync();
        await agents;

        Assert.Equal(CampaignState.Completed, campaign.State);
        AssertStartedOnce();
        Assert.InRange(maxRunning, 2, Bound);
        Assert.All(campaign.Targets, target => Assert.True(
            target.State == CaptureState.Ready || target.Failure is CaptureFailure.TimedOut or CaptureFailure.AgentUnreachable, $"{target.CaptureId}: {target.Failure}"));
        Assert.True(campaign.Targets.Count(target => target.State == CaptureState.Ready) > 50);
        await AssertRowsAgreeAsync(campaign);
    }

    [Fact]
    public async Task Campaign_WhoseSiloIsKilledInTheMiddle_LosesNothingAndStartsNothingTwice()
    {
        rig.Fleet.AddRange(Enumerable.Range(0, 30).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
        var agents = PlayAgentsAsync(isLost: _ => false);
        await CreateAsync(CampaignRig.Spec with { SampleSize = 30, MaxConcurrentPerService = 4 });
        for (var kills = 1; kills <= 2; kills++)
        {
            var ready = kills * 5;
            await rig.UntilAsync(campaign => campaign.Targets.Count(target => target.State == CaptureState.Ready) >= ready, 60);
            await rig.KillAsync();

            // The fleet is not known again yet; nobody but the silo itself wakes the campaign.
            await rig.StartAsync();
        }

        var campaign = await rig.UntilAsync(campaign => campaign.EndedAt is not null, 60);
        await stop.CancelAsync();
        await agents;

        Assert.Equal((CampaignState.Completed, 30), (campaign.State, campaign.Targets.Count));
        AssertStartedOnce();
        Assert.InRange(maxRunning, 2, 4);

        // An order that was stored but not handed out when the silo died is not repeated: that is what a kill may cost.
        Assert.All(campaign.Targets, target => Assert.True(target.State == CaptureState.Ready || target.Failure == CaptureFailure.TimedOut, $"{target.CaptureId}: {target.Failure}"));
        Assert.True(campaign.Targets.Count(target => target.State == CaptureState.Ready) >= 30 - 2 * 4);
        await AssertRowsAgreeAsync(campaign);
    }

    [Fact]
    public async Task Campaigns_OfOneService_ShareItsBound()
    {
        LoseNothing();
        rig.Fleet.AddRange(Enumerable.Range(0, 12).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
        var agents = PlayAgentsAsync(isLost: _ => false);
        var spec = CampaignRig.Spec with { SampleSize = 6, MaxConcurrentPerService = 2 };
        var other = rig.Grains.GetGrain<ICampaignGrain>("other");
        await Task.WhenAll(CreateAsync(spec), other.CreateAsync(spec with { Seed = 5 }, null));
        await rig.UntilAsync(campaign => campaign.EndedAt is not null, 60);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await other.GetAsync())!.EndedAt is null)
        {
            await Task.Delay(20, limit.Token);
        }

        await stop.CancelAsync();
        await agents;

        Assert.Equal(2, maxRunning);
        Assert.All((await rig.Captures.ListAsync(new CaptureFilter())), capture => Assert.Equal(CaptureState.Ready, capture.State));
    }

    [Fact]
    public async Task Campaign_OverAThousandInstances_NeverTakesMorePlacesThanItsServicesHave()
    {
        LoseNothing();
        string[] services = ["basket", "catalog", "checkout", "orders", "search"];
        rig.Fleet.AddRange(services.SelectMany(service => Enumerable.Range(0, 200).Select(number => CampaignRig.Instance(number, service, host: number + 200 * Array.IndexOf(services, service)))));
        await rig.StartAsync();
        var agents = PlayAgentsAsync(isLost: _ => false, recording: TimeSpan.FromMilliseconds(5));
        await CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { Services = services }, SampleSize = 1_000, MaxConcurrentPerService = 10 });

        var campaign = await rig.UntilAsync(campaign => campaign.EndedAt is not null, 240);
        await stop.CancelAsync();
        await agents;

        Assert.Equal(1_000, campaign.Targets.Count(target => target.State == CaptureState.Ready));
        AssertStartedOnce();
        Assert.InRange(maxRunning, 2, services.Length * 10);
    }

    /// <summary>Judged by a clock that stands while somebody works: how long the work takes is the machine's matter, what is waited for before it is the silo's.</summary>
    [Fact]
    public async Task Campaign_OverAThousandInstances_IsStoppedByAnAlertAndStartsNothingMore()
    {
        LoseNothing();
        var clock = new ClusterClock(TimeProvider.System.GetUtcNow());
        await rig.DisposeAsync();
        rig = new CampaignRig(options, clock);
        string[] services = ["basket", "catalog", "checkout", "orders", "search"];
        rig.Fleet.AddRange(services.SelectMany(service => Enumerable.Range(0, 200).Select(number => CampaignRig.Instance(number, service, host: number + 200 * Array.IndexOf(services, service)))));
        mayEnd = new SemaphoreSlim(300); // However slow the alert is: the others cannot have ended before it.
        await rig.StartAsync();
        var agents = PlayAgentsAsync(isLost: _ => false, recording: TimeSpan.FromMilliseconds(5));
        await CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { Services = services }, SampleSize = 1_000, MaxConcurrentPerService = 10 });
        await StepUntilAsync(clock, campaign => campaign.Targets.Count(target => target.State == CaptureState.Ready) >= 50);

        await rig.SeeServiceAsync("checkout");
        var alert = rig.Hold.TripAsync("checkout", "HighErrorRate");
        var took = await UntilStoppedAsync(clock);
        var taken = rig.Agents.Taken.Count;
        mayEnd.Release(1_000);
        var campaign = await StepUntilAsync(clock, campaign => campaign.EndedAt is not null);
        await stop.CancelAsync();
        await agents;

        Assert.True(took <= BreakerLimit, $"It was not stopped after {took} of the clock.");
        Assert.NotNull((await alert).Hold);
        Assert.Equal(CampaignState.Stopped, campaign.State);
        Assert.Contains("HighErrorRate", campaign.LastProblem, StringComparison.Ordinal);
        // Orders that were on their way when it was stopped may still arrive; their number is bounded by the places.
        Assert.InRange(rig.Agents.Taken.Count - taken, 0, services.Length * 10);
        Assert.InRange(maxRunning, 2, services.Length * 10);
        AssertStartedOnce();
        Assert.Contains(campaign.Targets, target => target.State == CaptureState.Cancelled);
        Assert.Equal(CaptureHold.Field, Assert.Single((await rig.Grains.GetGrain<ICampaignGrain>("next").CreateAsync(CampaignRig.Spec, null)).Problems).Field);
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        mayEnd.Dispose();
        stop.Dispose();
    }

    private static int Roll(Random chance)
    {
        lock (chance)
        {
            return chance.Next(100);
        }
    }

    /// <summary>However long a busy machine keeps an agent from speaking: a capture that was given up would leave its place to another while it runs.</summary>
    private void LoseNothing() => options.SilenceLimit = TimeSpan.FromMinutes(5);

    /// <summary>Steps, as timers and the reminder bring them, and lets time pass until the campaign is so.</summary>
    private async Task<Campaign> StepUntilAsync(ClusterClock clock, Func<Campaign, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(240));
        while (true)
        {
            await rig.TickAsync();
            if (await rig.Campaign.GetAsync(limit.Token) is { } campaign && condition(campaign))
            {
                return campaign;
            }

            clock.Advance(options.StepInterval);
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>What the clock shows until the campaign is stopped. It goes on a little only where nothing has come of two seconds of work, and ends beyond the limit.</summary>
    private async Task<TimeSpan> UntilStoppedAsync(ClusterClock clock)
    {
        var began = clock.GetTimestamp();
        for (; clock.GetElapsedTime(began) <= BreakerLimit; clock.Advance(ClockStep))
        {
            try
            {
                await rig.UntilAsync(campaign => campaign.State == CampaignState.Stopped, seconds: 2);
                break;
            }
            catch (TimeoutException)
            {
                // It waits for the clock, or for the machine.
            }
        }

        return clock.GetElapsedTime(began);
    }

    private async Task CreateAsync(CampaignSpec spec)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                Assert.Empty((await rig.Campaign.CreateAsync(spec, null)).Problems);
                return;
            }
            catch (Exception) when (tries < 20)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task PlayAgentsAsync(Func<string, bool> isLost, TimeSpan? recording = null)
    {
        var captures = new ConcurrentBag<Task>();
        try
        {
            await foreach (var (_, order) in rig.Agents.OrdersAsync(stop.Token))
            {
                // A lost order: the silo believes that it arrived. A lost result: the capture ran, and nobody hears of it.
                if (!isLost("order"))
                {
                    captures.Add(RunAsync(order, isLost("result"), recording ?? TimeSpan.FromMilliseconds(30)));
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(captures);
    }

    private async Task RunAsync(CaptureOrder order, bool isResultLost, TimeSpan recording)
    {
        running[order.CaptureId] = order.Attempt;
        InterlockedMax(running.Count);
        await Task.Delay(recording);
        await mayEnd.WaitAsync();
        running.TryRemove(order.CaptureId, out _);
        if (isResultLost)
        {
            return;
        }

        var campaignId = CaptureId.CampaignOf(order.CaptureId)!;
        await RepeatAsync(campaignId, async _ =>
        {
            await rig.ReceiveArtifactAsync(order.CaptureId, order.Attempt);
            return true;
        });
        var report = new CaptureReport { CaptureId = order.CaptureId, Attempt = order.Attempt, Sha256 = new string('a', 64), SizeBytes = 1 };
        if (await RepeatAsync(campaignId, campaign => campaign.ReportResultAsync(report)))
        {
            await RepeatAsync(campaignId, async campaign =>
            {
                await campaign.ReportAnalysisAsync(new AnalysisReport { CaptureId = order.CaptureId, Attempt = order.Attempt, Summary = new CaptureSummary() });
                return true;
            });
        }
    }

    /// <summary>As agents do: until it is acknowledged, however often the silo fails or goes away.</summary>
    private async Task<bool> RepeatAsync(string campaignId, Func<ICampaignGrain, Task<bool>> report)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                return await report(rig.Grains.GetGrain<ICampaignGrain>(campaignId)).WaitAsync(TimeSpan.FromSeconds(5));
            }
            catch (Exception)
            {
                await Task.Delay(30);
            }
        }

        return false;
    }

    private void InterlockedMax(int count)
    {
        var seen = Volatile.Read(ref maxRunning);
        while (count > seen)
        {
            seen = Interlocked.CompareExchange(ref maxRunning, count, seen) is var before && before == seen ? count : before;
        }
    }

    private void AssertStartedOnce() => Assert.Empty(rig.Agents.Taken.GroupBy(key => key).Where(group => group.Count() > 1).Select(group => group.Key)
        .Concat(rig.Agents.Taken.GroupBy(key => key.Split('#')[0]).Where(group => group.Count() > 1).Select(group => group.Key)));

    private async Task AssertRowsAgreeAsync(Campaign campaign)
    {
        // The rows follow the state; the last of them may be a step behind the answer.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await rig.Campaigns.ListAsync(1))[0].EndedAt is null)
        {
            await Task.Delay(20, limit.Token);
        }

        var rows = await rig.Captures.ListAsync(new CaptureFilter { CampaignId = campaign.CampaignId, Limit = 1_000 });
        Assert.Equal(
            campaign.Targets.Select(target => (target.CaptureId, target.State, target.Failure, target.Attempt)),
            rows.Select(row => (row.CaptureId, row.State, row.Failure, row.Attempt)).OrderBy(row => row.CaptureId, StringComparer.Ordinal));
        while (await rig.ReminderCountAsync() > 0)
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
