using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>One campaign, step by step: time stands still unless a test moves it.</summary>
public sealed class CampaignGrainTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignGrainTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(1), CampaignRig.Instance(2), CampaignRig.Instance(3), CampaignRig.Instance(1, "catalog", host: 9)]);
        await rig.StartAsync();
    }

    [Fact]
    public async Task Campaign_OfOneCapture_GoesThroughItsLifeAndLeavesNothingBehind()
    {
        var created = (await rig.Campaign.CreateAsync(CampaignRig.Spec, null)).Campaign!;
        var (agentId, order) = await rig.Agents.NextOrderAsync();

        Assert.Equal((CampaignState.Running, 3, 1.0 / 3), (created.State, created.PopulationSize, Assert.Single(created.Targets).InclusionProbability));
        Assert.Equal((created.Targets[0].AgentId, CampaignRig.Capture(1), 1, "ann", 1), (agentId, order.CaptureId, order.Attempt, order.RequestedBy, order.DurationSeconds));
        Assert.Equal(1, await rig.ReminderCountAsync());

        await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = order.CaptureId, Attempt = 1, Phase = CapturePhase.Collecting, DoneSeconds = 1, Bytes = 5 });
        Assert.Equal((CaptureState.Running, CapturePhase.Collecting, 5L), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Phase, (await rig.TargetAsync(1)).Bytes));
        Assert.Equal(CapturePhase.Collecting, (await rig.Captures.GetAsync(order.CaptureId))!.Phase);
        await rig.TickAsync();
        Assert.Equal((CapturePhase.Collecting, 1), Assert.Single(await rig.Captures.ListAsync(new CaptureFilter())) is var listed ? (listed.Phase, listed.DoneSeconds) : default);

        Assert.True(await rig.SucceedAsync(1));
        Assert.Equal(CaptureState.Analysing, (await rig.TargetAsync(1)).State);
        await rig.AnalyseAsync(1);
        var ended = (await rig.Campaign.GetAsync())!;
        var row = Assert.Single(await rig.Campaigns.ListAsync(10));
        var capture = (await rig.Captures.GetAsync(order.CaptureId))!;

        Assert.Equal((CampaignState.Completed, true, CaptureState.Ready), (ended.State, ended.EndedAt is not null, ended.Targets[0].State));
        Assert.Equal((CampaignState.Completed, 1, 1, 0), (row.State, row.TargetCount, row.ReadyCount, row.FailedCount));
        Assert.Equal((CaptureState.Ready, 7L, 1_000L, 1.0 / 3), (capture.State, capture.Summary!.EventCount, capture.SizeBytes, capture.InclusionProbability));
        Assert.Equal(0, await rig.ReminderCountAsync());
        Assert.Equal([$"{order.CaptureId}#1"], rig.Agents.Ended);
        Assert.True(await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Create_Repeated_ReturnsTheExistingCampaign()
    {
        var first = await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        var second = await rig.Campaign.CreateAsync(CampaignRig.Spec with { SampleSize = 3 }, null);

        Assert.Equal(first.Campaign!.Targets[0].InstanceId, Assert.Single(second.Campaign!.Targets).InstanceId);
        await rig.Agents.NextOrderAsync();
        Assert.False(rig.Agents.HasOrders);
    }

    [Fact]
    public async Task Create_OfABadSpec_ReportsEverythingAndStoresNothing()
    {
        var creation = await rig.Campaign.CreateAsync(
            CampaignRig.Spec with { Selector = new CampaignSelector { Services = ["chekout"] }, Cron = "every day", SampleSize = 0, Kinds = [(CaptureKind)99] }, null);

        Assert.Null(creation.Campaign);
        Assert.Equal(["cron", "kinds", "sampleSize", "selector.services"], creation.Problems.Select(problem => problem.Field).Order());
        Assert.Null(await rig.Campaign.GetAsync());
        Assert.Empty(await rig.Campaigns.ListAsync(10));
        Assert.Equal(0, await rig.ReminderCountAsync());
    }

    [Fact]
    public async Task Draw_WithTheSameSeed_IsTheSame()
    {
        var spec = CampaignRig.Spec with { SampleSize = 2, Seed = 42 };
        var one = await rig.Campaign.CreateAsync(spec, null);
        rig.Fleet.Reverse();
        var other = await rig.Grains.GetGrain<ICampaignGrain>("other").CreateAsync(spec, null);

        Assert.Equal(42, one.Campaign!.Seed);
        Assert.Equal(one.Campaign.Targets.Select(target => target.InstanceId), other.Campaign!.Targets.Select(target => target.InstanceId));
    }

    [Fact]
    public async Task Kinds_OfOneInstance_RunOneAfterTheOtherInTheirOrder()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { Kinds = [CaptureKind.Gc, CaptureKind.Gcdump], MaxConcurrentPerService = 5 }, null);
        var (_, first) = await rig.Agents.NextOrderAsync();
        Assert.Equal(CaptureKind.Gc, first.Kind);
        Assert.Equal(CaptureState.Pending, (await rig.TargetAsync(2)).State);

        await rig.SucceedAsync(1);
        await TickUntilAsync(campaign => campaign.Targets[1].State == CaptureState.Running);
        Assert.Equal(CaptureKind.Gcdump, (await rig.Agents.NextOrderAsync()).Order.Kind);
    }

    [Theory]
    [InlineData(null, 10_000, 2_000)]
    [InlineData(500.0, 500, 500)]
    public async Task HeapSnapshot_Always_CarriesItsLimitAndWhatEarlierOnesTook(double? asked, double firstLimit, double limit)
    {
        var earlier = new Capture
        {
            CaptureId = "earlier-0001", CampaignId = "earlier", InstanceId = "i", Service = "checkout", Kind = CaptureKind.Gcdump, State = CaptureState.Ready, StallMs = 600,
            Summary = new CaptureSummary { ObjectCount = 2_000_000, HeapBytes = 140_000_000 },
        };
        var spec = CampaignRig.Spec with { Kinds = [CaptureKind.Gcdump], MaxStallMs = asked };
        await rig.Campaign.CreateAsync(spec, null);
        var (_, first) = await rig.Agents.NextOrderAsync();
        await rig.Database.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, [earlier], 1), TestContext.Current.CancellationToken);
        await rig.Grains.GetGrain<ICampaignGrain>("second").CreateAsync(spec with { SampleSize = null, SampleFraction = 1, MaxConcurrentPerService = 50 }, null);
        var (_, second) = await rig.Agents.NextOrderAsync();

        Assert.Equal((firstLimit, 0.9, 50.0), (first.MaxStallMs, first.StallMicrosecondsPerObject, first.BytesPerObject));
        Assert.Equal((limit, 0.3, 70.0), (second.MaxStallMs, second.StallMicrosecondsPerObject, second.BytesPerObject));
    }

    [Theory]
    [InlineData(CaptureFailure.Busy)]
    [InlineData(CaptureFailure.AgentUnreachable)]
    public async Task Start_ThatCertainlyDidNotHappen_IsTriedAgainAsTheNextAttempt(CaptureFailure answer)
    {
        rig.Agents.Answer = (_, order) => order.Attempt < 3 ? answer : null;
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);

        await TickUntilAsync(campaign => campaign.Targets[0].Attempt == 3);

        Assert.Equal(3, (await rig.Agents.NextOrderAsync()).Order.Attempt);
        Assert.False(await rig.SucceedAsync(1, attempt: 1));
        Assert.True(await rig.SucceedAsync(1, attempt: 3));
    }

    [Fact]
    public async Task Start_OfAnAgentThatNeverComesBack_FailsAsUnreachable()
    {
        rig.Agents.Answer = (_, _) => CaptureFailure.AgentUnreachable;
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);

        var campaign = await TickUntilAsync(campaign => campaign.EndedAt is not null);

        Assert.Equal((CampaignState.Completed, CaptureState.Failed, CaptureFailure.AgentUnreachable), (campaign.State, campaign.Targets[0].State, campaign.Targets[0].Failure));
        Assert.InRange(campaign.EndedAt!.Value - campaign.CreatedAt, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Start_WithoutAnswer_IsNeverAnotherAttempt()
    {
        rig.Agents.Answer = (_, _) => throw new TimeoutException("injected");
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);

        var campaign = await TickUntilAsync(campaign => campaign.EndedAt is not null);

        Assert.Equal((1, CaptureFailure.TimedOut), (campaign.Targets[0].Attempt, campaign.Targets[0].Failure));
    }

    [Fact]
    public async Task Agent_BackWithoutTheCapture_LosesItAfterAGraceForItsResult()
    {
        await StartOneAsync();
        await rig.Campaign.AgentAttachedAsync((await rig.TargetAsync(1)).AgentId, []);
        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
        clock.Advance(TimeSpan.FromSeconds(21));
        await rig.TickAsync();

        Assert.Equal((CaptureState.Failed, CaptureFailure.AgentLost, 1), (await rig.TargetAsync(1)) is var target ? (target.State, target.Failure, target.Attempt) : default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Agent_BackWithTheCapture_OrSpeakingUpInTime_KeepsIt(bool isListed)
    {
        await StartOneAsync();
        var agentId = (await rig.TargetAsync(1)).AgentId;
        await rig.Campaign.AgentAttachedAsync(agentId, []);
        if (isListed)
        {
            await rig.Campaign.AgentAttachedAsync(agentId, [$"{CampaignRig.Capture(1)}#1"]);
        }
        else
        {
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading });
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        await rig.TickAsync();

        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
    }

    [Fact]
    public async Task Agent_RunningWhatWasGivenUp_IsToldToStop()
    {
        await StartOneAsync();
        clock.Advance(TimeSpan.FromMinutes(10));
        await rig.TickAsync();
        var target = await rig.TargetAsync(1);
        await rig.Campaign.AgentAttachedAsync(target.AgentId, [$"{target.CaptureId}#1"]);

        Assert.Equal(CaptureFailure.TimedOut, target.Failure);
        await WaitAsync(() => rig.Agents.Cancelled.Contains($"{target.CaptureId}#1"));
    }

    [Fact]
    public async Task Silence_EndsInTimeoutButSignsOfLifeExtendIt()
    {
        await StartOneAsync();
        for (var minute = 0; minute < 10; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading });
            await rig.TickAsync();
            Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
        }

        Assert.False(await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)), "The place of a running capture was given away.");
        clock.Advance(TimeSpan.FromMinutes(3));
        await rig.TickAsync();

        Assert.Equal(CaptureFailure.TimedOut, (await rig.TargetAsync(1)).Failure);
        Assert.False(await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 2 }));
    }

    [Fact]
    public async Task Silence_AfterTheWholeArtifactArrived_LosesNothing()
    {
        await StartOneAsync();
        await rig.ReceiveArtifactAsync(CampaignRig.Capture(1));
        clock.Advance(TimeSpan.FromMinutes(10));
        await rig.TickAsync();
        Assert.Equal(CaptureState.Analysing, (await rig.TargetAsync(1)).State);

        // However long the line before the analyzer is.
        clock.Advance(TimeSpan.FromHours(3));
        await rig.TickAsync();
        await rig.AnalyseAsync(1);

        var capture = (await rig.Captures.GetAsync(CampaignRig.Capture(1)))!;
        Assert.Equal((CaptureState.Ready, 2_000L, new string('b', 64)), (capture.State, capture.SizeBytes, capture.Sha256));
    }

    [Fact]
    public async Task Analysis_BeforeTheAgentsResult_IsKept()
    {
        await StartOneAsync();
        await rig.AnalyseAsync(1);
        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);

        await rig.SucceedAsync(1);
        Assert.Equal(CaptureState.Ready, (await rig.TargetAsync(1)).State);
    }

    [Fact]
    public async Task Success_WithoutArtifact_DoesNotWaitForEver()
    {
        await StartOneAsync();
        await rig.SucceedAsync(1);
        clock.Advance(TimeSpan.FromMinutes(6));
        await rig.TickAsync();

        Assert.Equal((CaptureState.Failed, CaptureFailure.UploadInterrupted), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Failure));
    }

    [Fact]
    public async Task Report_OfAnotherAgent_ChangesNothing()
    {
        await StartOneAsync();
        var owner = (await rig.TargetAsync(1)).AgentId;
        var report = new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.AttachDenied, AgentId = "stranger" };

        Assert.False(await rig.Campaign.ReportResultAsync(report));
        await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = report.CaptureId, Attempt = 1, Phase = CapturePhase.Uploading, AgentId = "stranger" });
        Assert.Equal((CaptureState.Running, CapturePhase.Queued), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Phase));

        Assert.True(await rig.Campaign.ReportResultAsync(report with { AgentId = owner }));
        Assert.Equal(CaptureFailure.AttachDenied, (await rig.TargetAsync(1)).Failure);
    }

    [Fact]
    public async Task Result_OfATargetThatExited_KeepsItsPartAndSaysWhy()
    {
        await StartOneAsync();
        var report = new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.ProcessExited, IsPartial = true, Sha256 = new string('a', 64), SizeBytes = 9 };
        await rig.Campaign.ReportResultAsync(report);
        Assert.True(await rig.Campaign.ReportResultAsync(report));
        await rig.Campaign.ReportAnalysisAsync(new AnalysisReport { CaptureId = report.CaptureId, Attempt = 1, Summary = new CaptureSummary { IsComplete = false, IncompleteReason = "cut" } });

        var capture = (await rig.Captures.GetAsync(report.CaptureId))!;
        Assert.Equal((CaptureState.Ready, true, "ProcessExited", false), (capture.State, capture.IsPartial, capture.Detail, capture.Summary!.IsComplete));
    }

    [Theory]
    [InlineData(CaptureFailure.Quarantined, CaptureState.Quarantined)]
    [InlineData(CaptureFailure.AnalysisFailed, CaptureState.Failed)]
    [InlineData(CaptureFailure.ArtifactTruncated, CaptureState.Failed)]
    public async Task Analysis_ThatFailed_EndsTheCaptureWithItsReason(CaptureFailure failure, CaptureState state)
    {
        await StartOneAsync();
        await rig.SucceedAsync(1);
        await rig.AnalyseAsync(1, failure: failure);

        Assert.Equal((state, failure), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Failure));
        Assert.Equal(1, Assert.Single(await rig.Campaigns.ListAsync(1)).FailedCount);
    }

    [Fact]
    public async Task Analysis_OfACutRecording_IsAResultWithItsReason()
    {
        await StartOneAsync();
        await rig.SucceedAsync(1);
        await rig.Campaign.ReportAnalysisAsync(new AnalysisReport
        {
            CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.ArtifactTruncated, Detail = "cut", Summary = new CaptureSummary { IsComplete = false },
        });

        Assert.Equal((CaptureState.Ready, CaptureFailure.None, "cut"), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Failure, (await rig.TargetAsync(1)).Detail));
    }

    [Fact]
    public async Task End_OfACampaign_IsCounted()
    {
        var ended = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        using var listener = new System.Diagnostics.Metrics.MeterListener { InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "fleetprof.campaigns.ended")
            {
                self.EnableMeasurementEvents(instrument);
            }
        } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => ended.Enqueue(tags[0].Value as string));
        listener.Start();
        await StartOneAsync();
        await rig.SucceedAsync(1);
        await rig.AnalyseAsync(1);

        Assert.Contains(nameof(CampaignState.Completed), ended);
    }

    [Fact]
    public async Task Preview_OfASpec_ShowsWhoCouldBeDrawnAndChangesNothing()
    {
        rig.Fleet.Add(CampaignRig.Instance(4) with { Problem = InstanceProblem.RuntimeTooOld });
        var preview = await rig.Campaigns.PreviewAsync(CampaignRig.Spec with
        {
            Selector = new CampaignSelector { Services = ["checkout", "catalog"] }, SampleSize = 2, Kinds = [CaptureKind.Trace, CaptureKind.Gc], DurationSeconds = 10,
        });

        Assert.Empty(preview.Problems);
        Assert.Equal([("catalog", 1, 1), ("checkout", 3, 2)], preview.Services.Select(service => (service.Service, service.PopulationSize, service.SampleSize)));
        Assert.Equal((4, 6), (preview.PopulationSize, preview.CaptureCount));
        Assert.Equal(2.0 / 3, preview.Candidates.First(candidate => candidate.Service == "checkout").InclusionProbability);
        Assert.True(preview.EstimatedTime > TimeSpan.FromSeconds(40));
        Assert.Empty(await rig.Campaigns.ListAsync(10));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private async Task StartOneAsync()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
    }

    /// <summary>Moves the clock second by second.</summary>
    private async Task<Campaign> TickUntilAsync(Func<Campaign, bool> condition)
    {
        for (var second = 0; second < 400; second++)
        {
            await rig.TickAsync();
            if (await rig.Campaign.GetAsync() is { } campaign && condition(campaign))
            {
                return campaign;
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        throw new TimeoutException($"Not after 400 s of the clock: {(await rig.Campaign.GetAsync())?.Targets[0]}");
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
