using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>A fleet that reports at once.</summary>
public sealed class ReportBatchTests : IAsyncLifetime
{
    private const int Agents = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly CampaignSpec Everybody = CampaignRig.Spec with { SampleSize = null, SampleFraction = 1, MaxConcurrentPerService = Agents };

    private readonly CampaignRig rig = new();
    private int writes;

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange(Enumerable.Range(1, Agents).Select(number => CampaignRig.Instance(number)));
        await rig.StartAsync();
        Assert.NotNull((await rig.Campaign.CreateAsync(Everybody, null)).Campaign);
        for (var order = 0; order < Agents; order++)
        {
            await rig.Agents.NextOrderAsync();
        }

        // Its captures are in the lists.
        await rig.TickAsync();
    }

    [Fact]
    public async Task Results_OfManyAgentsAtOnce_AreStoredInFewStepsAndEachIsAnswered()
    {
        Count(ChaosStorage.Fault.None);

        var told = await Task.WhenAll(Enumerable.Range(1, Agents).Select(ordinal => rig.SucceedAsync(ordinal)).Append(rig.SucceedAsync(1)).Append(rig.SucceedAsync(2, attempt: 7)));

        Assert.Equal([.. Enumerable.Repeat(true, Agents + 1), false], told);
        Assert.InRange(writes, 1, Agents / 2);
        await rig.UntilAsync(campaign => campaign.Targets.All(target => target.State == CaptureState.Analysing));
    }

    [Fact]
    public async Task Results_OfALargeCampaign_AreAnsweredBeforeTheirRowsAreWritten()
    {
        using var rows = HoldRows();

        Assert.True(await rig.SucceedAsync(1).WaitAsync(Limit));
        Assert.Equal(CaptureState.Running, (await ListedAsync(1)).State);
        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);

        rows.Set();
        await rig.UntilAsync(campaign => campaign.Targets[0].State == CaptureState.Analysing);
        Assert.Equal(CaptureState.Analysing, (await ListedAsync(1)).State);
    }

    /// <summary>Its agents are told first; whoever asks for the campaign finds it all the same.</summary>
    [Fact]
    public async Task Campaign_OfManyCaptures_IsInItsListAtOnceAndItsCapturesFollow()
    {
        const string Second = "01jz0000000000000000000001";
        await rig.Grains.GetGrain<ICampaignGrain>(Second).CreateAsync(Everybody, null);

        Assert.Equal(Agents, (await rig.Grains.GetGrain<ICampaignGrain>(Second).GetAsync())!.Targets.Count);
        Assert.Contains(await rig.Campaigns.ListAsync(10), campaign => campaign.CampaignId == Second);
        using var limit = new CancellationTokenSource(Limit);
        while ((await rig.Captures.ListAsync(new CaptureFilter { CampaignId = Second, Limit = Agents })).Count < Agents)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task Stop_OfALargeCampaign_IsShownWhenItReturns()
    {
        var stopped = await rig.Campaign.StopAsync("ann");

        Assert.Equal(CampaignState.Stopped, stopped!.State);
        Assert.Equal(CampaignState.Stopped, Assert.Single(await rig.Campaigns.ListAsync(10)).State);
        Assert.Equal(Agents, (await rig.Captures.ListAsync(new CaptureFilter { CampaignId = CampaignRig.Id, Limit = Agents })).Count);
    }

    [Fact]
    public async Task Progress_WhileItsRowIsWritten_IsInTheNextOne()
    {
        await ProgressAsync(2, seconds: 1);
        using var rows = HoldRows();
        Assert.True(await rig.SucceedAsync(1).WaitAsync(Limit));
        var writing = rig.TickAsync();

        // In the middle of it or behind it, as they come to the grain.
        var progress = ProgressAsync(2, seconds: 2);
        rows.Set();
        await Task.WhenAll(writing, progress);
        await rig.TickAsync();

        Assert.Equal(2, (await ListedAsync(2)).DoneSeconds);
    }

    [Fact]
    public async Task Result_AfterTheProgressOfItsUpload_KeepsWhatItsAgentSaysLast()
    {
        await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading, Bytes = 400 });

        Assert.True(await rig.SucceedAsync(1).WaitAsync(Limit));

        await rig.UntilAsync(campaign => campaign.Targets[0].State == CaptureState.Analysing);
        var target = await rig.TargetAsync(1);
        Assert.Equal((CapturePhase.Analysing, 1, 1_000L), (target.Phase, target.DoneSeconds, target.Bytes));
    }

    /// <summary>Frames of progress and of results have lanes of their own: the last progress may come after the end.</summary>
    [Fact]
    public async Task Progress_WhileTheEndOfItsCaptureIsStored_DoesNotHoldUpTheCampaign()
    {
        using var state = new ManualResetEventSlim();
        var isReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.NextWrite = name =>
        {
            if (name == "campaign" && isReached.TrySetResult())
            {
                _ = rig.Database.WriteAsync((_, _) => state.Wait(Limit), TestContext.Current.CancellationToken);
            }

            return ChaosStorage.Fault.None;
        };
        var ended = rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.ProcessExited });
        await isReached.Task.WaitAsync(Limit);

        await ProgressAsync(1, seconds: 1);
        state.Set();

        Assert.True(await ended.WaitAsync(Limit));
        await rig.TickAsync();
        Assert.True(await rig.SucceedAsync(2).WaitAsync(Limit));
    }

    [Theory]
    [InlineData(ChaosStorage.Fault.BeforeCommit)]
    [InlineData(ChaosStorage.Fault.AfterCommit)]
    internal async Task Results_WhoseStepFails_AreNotAcknowledgedAndTakenWhenTheyAreRepeated(ChaosStorage.Fault fault)
    {
        Count(fault);

        var tries = await Task.WhenAll(Enumerable.Range(1, Agents).Select(UntilTakenAsync));

        Assert.Contains(tries, count => count > 1);
        await rig.UntilAsync(campaign => campaign.Targets.All(target => target.State == CaptureState.Analysing));
    }

    [Fact]
    public void Batch_WithEveryReportThatCanCome_IsFull()
    {
        var batch = new ReportBatch();
        batch.Expect(3);
        batch.Add("a", target => target);
        batch.Add("b", target => target);
        Assert.False(batch.Full.IsCompleted);

        // One of three was in the step before.
        batch.Expect(2);

        Assert.True(batch.Full.IsCompleted);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Writes of the campaign; the first has this fault.</summary>
    private void Count(ChaosStorage.Fault fault) => rig.NextWrite = state => state == "campaign" && Interlocked.Increment(ref writes) == 1 ? fault : ChaosStorage.Fault.None;

    /// <summary>After the next write of the campaign nothing is written until this is set.</summary>
    private ManualResetEventSlim HoldRows()
    {
        var rows = new ManualResetEventSlim();
        rig.Committed = state =>
        {
            if (state == "campaign")
            {
                rig.Committed = _ => { };
                _ = rig.Database.WriteAsync((_, _) => rows.Wait(Limit), TestContext.Current.CancellationToken);
            }
        };
        return rows;
    }

    private Task ProgressAsync(int ordinal, int seconds) => rig.Campaign.ReportProgressAsync(
        new CaptureProgressReport { CaptureId = CampaignRig.Capture(ordinal), Attempt = 1, Phase = CapturePhase.Collecting, DoneSeconds = seconds });

    private async Task<Capture> ListedAsync(int ordinal) => (await rig.Captures.ListAsync(new CaptureFilter { CampaignId = CampaignRig.Id })).Single(capture => capture.CaptureId == CampaignRig.Capture(ordinal));

    private async Task<int> UntilTakenAsync(int ordinal)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Assert.True(await rig.SucceedAsync(ordinal));
                return attempt;
            }
            catch (Exception failed) when (attempt < 2_000 && failed is not Xunit.Sdk.XunitException)
            {
                await Task.Delay(10);
            }
        }
    }
}
