using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Campaigns;

public sealed class RecurringCampaignTests : IAsyncLifetime
{
    // Twenty seconds past a full minute: the next run of an every-minute campaign is 40 s away. Near now: Orleans takes the same TimeProvider.
    private static readonly DateTimeOffset Start = FullMinute(TimeProvider.System.GetUtcNow()).AddSeconds(20);
    private static readonly CampaignSpec EveryMinute = CampaignRig.Spec with { Cron = "* * * * *", Deadline = TimeSpan.FromMinutes(10) };

    private readonly ClusterClock clock = new(Start);
    private readonly CampaignRig rig;

    public RecurringCampaignTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        await rig.StartAsync();
    }

    [Fact]
    public async Task Recurring_WhenDue_StartsARunOfItsOwn()
    {
        var created = (await rig.Campaign.CreateAsync(EveryMinute, null)).Campaign!;
        Assert.Equal((CampaignState.Scheduled, 0, (DateTimeOffset?)Start.AddSeconds(40)), (created.State, created.Targets.Count, created.NextRunAt));
        Assert.False(rig.Agents.HasOrders);

        clock.Advance(TimeSpan.FromSeconds(41));
        await rig.TickAsync();

        var campaign = (await rig.Campaign.GetAsync())!;
        var run = (await Run(Assert.Single(campaign.RunIds)).GetAsync())!;
        Assert.Equal($"{CampaignRig.Id}-{Start.AddSeconds(40).UtcDateTime:yyyyMMdd't'HHmm}", run.CampaignId);
        Assert.Equal((CampaignRig.Id, CampaignState.Running, (string?)null), (run.ParentId, run.State, run.Spec.Cron));
        Assert.Equal((CampaignState.Scheduled, (DateTimeOffset?)Start.AddSeconds(100), (string?)null), (campaign.State, campaign.NextRunAt, campaign.LastProblem));
        Assert.Equal(CaptureId.Of(run.CampaignId, 1), (await rig.Agents.NextOrderAsync()).Order.CaptureId);
        Assert.Equal(run.CampaignId, CaptureId.CampaignOf(run.Targets[0].CaptureId));
        Assert.Equal([CampaignRig.Id], (await rig.Campaigns.ListAsync(10)).Where(row => row.CampaignId == run.CampaignId).Select(row => row.ParentId));
    }

    [Fact]
    public async Task Run_WhileThePreviousIsStillGoing_IsLeftOut()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);
        await AdvanceAsync(41);
        await AdvanceAsync(60);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Single(campaign.RunIds);
        Assert.Contains("still going", campaign.LastProblem, StringComparison.Ordinal);

        var run = Run(campaign.RunIds[0]);
        await run.ReportResultAsync(new CaptureReport { CaptureId = CaptureId.Of(campaign.RunIds[0], 1), Attempt = 1, Failure = CaptureFailure.ProcessExited });
        await AdvanceAsync(60);
        Assert.Equal((2, (string?)null), (await rig.Campaign.GetAsync()) is { } later ? (later.RunIds.Count, later.LastProblem) : default);
    }

    [Fact]
    public async Task Run_WithNobodyToDraw_SaysSo()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);
        rig.Fleet.Clear();
        await AdvanceAsync(41);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Scheduled, 0), (campaign.State, campaign.RunIds.Count));
        Assert.Contains("No running instance of 'checkout'", campaign.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_MissedWhileTheSiloWasAway_AreNotMadeUp()
    {
        await rig.Campaign.CreateAsync(HourlyIn(minutes: 30), null);
        await rig.KillAsync();
        clock.Advance(TimeSpan.FromHours(5));
        await rig.StartAsync();
        await rig.TickAsync();

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Scheduled, 0), (campaign.State, campaign.RunIds.Count));
        Assert.InRange(campaign.NextRunAt!.Value - clock.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.Contains("missed", campaign.LastProblem, StringComparison.Ordinal);
        Assert.False(rig.Agents.HasOrders);
    }

    [Fact]
    public async Task Run_DueAMinuteAgoAfterOthersWereMissed_IsStarted()
    {
        await rig.Campaign.CreateAsync(HourlyIn(minutes: 1), null);
        await rig.KillAsync();
        clock.Advance(TimeSpan.FromHours(5) + TimeSpan.FromSeconds(100));
        await rig.StartAsync();
        await rig.TickAsync();
        await rig.TickAsync();

        var due = Start.AddHours(5).AddSeconds(40).UtcDateTime;
        Assert.Equal($"{CampaignRig.Id}-{due:yyyyMMdd't'HHmm}", Assert.Single((await rig.Campaign.GetAsync())!.RunIds));
    }

    [Fact]
    public async Task Runs_AfterAClockThatWasADayAhead_AreDueAsBefore()
    {
        await rig.Campaign.CreateAsync(HourlyIn(minutes: 30), null);
        var due = (await rig.Campaign.GetAsync())!.NextRunAt!.Value;
        clock.Step(TimeSpan.FromDays(1));
        await rig.TickAsync();
        Assert.InRange((await rig.Campaign.GetAsync())!.NextRunAt!.Value - due, TimeSpan.FromHours(23), TimeSpan.FromHours(25));

        // Orleans does not go on by a clock that is set back.
        await rig.KillAsync();
        clock.Step(TimeSpan.FromDays(-1));
        await rig.StartAsync();
        await rig.TickAsync();

        Assert.Equal(due, (await rig.Campaign.GetAsync())!.NextRunAt);
    }

    [Fact]
    public async Task Stop_OfARecurringCampaign_StopsItsRunAndEndsIt()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);
        await AdvanceAsync(41);
        await rig.Agents.NextOrderAsync();

        var stopped = (await rig.Campaign.StopAsync("bob"))!;
        await AdvanceAsync(120);

        Assert.Equal((CampaignState.Stopped, (DateTimeOffset?)null), (stopped.State, stopped.NextRunAt));
        Assert.NotNull(stopped.EndedAt);
        Assert.Equal(CampaignState.Stopped, (await Run(stopped.RunIds[0]).GetAsync())!.State);
        Assert.Single((await rig.Campaign.GetAsync())!.RunIds);
    }

    [Fact]
    public async Task Run_WhoseRecordWasLostInTheMiddle_IsStartedOnce()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);

        // Of the due step: the intent, the run itself, then the outcome, which fails.
        var isLost = FailWriteAsync(3);
        clock.Advance(TimeSpan.FromSeconds(41));
        await isLost;

        var campaign = await SecondsUntilAsync(campaign => campaign.RunIds.Count > 0);
        Assert.Single(campaign.RunIds);
        Assert.Single(rig.Agents.Taken);
    }

    /// <summary>The run was made, and only its record was lost.</summary>
    [Fact]
    public async Task Run_WhoseRecordWasLostBeforeItsMakersTokenWasRevoked_IsStopped()
    {
        var token = await TokenAsync("pipeline", "ann");
        await CreateAsAsync(token);
        var isLost = FailWriteAsync(3);
        clock.Advance(TimeSpan.FromSeconds(41));
        await isLost;
        var (_, order) = await rig.Agents.NextOrderAsync();

        await rig.Credentials.RevokeAsync(token);
        var campaign = await SecondsUntilAsync(campaign => campaign.EndedAt is not null);

        Assert.Equal((CampaignState.Stopped, 0), (campaign.State, campaign.RunIds.Count));
        Assert.Equal(CampaignState.Stopped, (await Run(CaptureId.CampaignOf(order.CaptureId)!).GetAsync())!.State);
    }

    [Fact]
    public async Task Stop_WhenTheRunCannotBeStopped_IsSeenAllTheSame()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);
        await AdvanceAsync(41);
        await rig.Agents.NextOrderAsync();
        var isLost = FailWriteAsync(2);

        await Assert.ThrowsAnyAsync<Exception>(() => rig.Campaign.StopAsync("bob"));

        await isLost;
        Assert.Equal(CampaignState.Stopped, (await rig.Campaign.GetAsync())!.State);
    }

    [Fact]
    public async Task Run_WhoseStateIsDamaged_HoldsUpNeitherTheNextNorTheStop()
    {
        await rig.Campaign.CreateAsync(EveryMinute, null);
        await AdvanceAsync(41);
        await rig.Agents.NextOrderAsync();
        await DamageRunsAsync();
        await AdvanceAsync(60);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((2, (string?)null), (campaign.RunIds.Count, campaign.LastProblem));
        Assert.NotNull(await Run(campaign.RunIds[0]).GetAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => Run(campaign.RunIds[1]).GetAsync());

        await DamageRunsAsync();
        Assert.NotNull((await rig.Campaign.StopAsync("bob"))!.EndedAt);
    }

    /// <summary>More runs than a campaign remembers.</summary>
    [Fact]
    public async Task Runs_OfACampaignWithASeed_EachDrawByAnother()
    {
        const int Runs = 53;
        await rig.Campaign.CreateAsync(EveryMinute with { Seed = 7 }, null);
        var seeds = new List<long?>();
        for (var run = 0; run < Runs; run++)
        {
            await AdvanceAsync(60);
            var id = (await rig.Campaign.GetAsync())!.RunIds[0];
            seeds.Add((await Run(id).GetAsync())!.Spec.Seed);
            await Run(id).ReportResultAsync(new CaptureReport { CaptureId = CaptureId.Of(id, 1), Attempt = 1, Failure = CaptureFailure.ProcessExited });
        }

        Assert.Equal(Runs, seeds.OfType<long>().Distinct().Count());
    }

    [Fact]
    public async Task Run_ThatIsStarted_IsInTheAuditLogOnceAsThatOfAnnsSchedule()
    {
        await rig.Campaign.CreateAsync(EveryMinute with { Reason = "nightly" }, null);
        await AdvanceAsync(41);
        await rig.TickAsync();

        var run = Assert.Single((await rig.Campaign.GetAsync())!.RunIds);
        var row = Assert.Single(await rig.AuditAsync("campaign.run"));
        Assert.Equal(("schedule of ann", run, "checkout", AuditDecision.Allowed, $"Run of {CampaignRig.Id}. nightly"), (row.Actor, row.Target, row.Services, row.Decision, row.Reason));
        Assert.Null(AuditChain.ProblemOf(null, row));
    }

    [Fact]
    public async Task Run_OfATokenThatWasReplaced_GoesOnAndOfOneThatWasRevokedIsNotStarted()
    {
        var first = await TokenAsync("pipeline", "ann");
        await CreateAsAsync(first);
        await TokenAsync("pipeline", "bob");
        var second = await TokenAsync("pipeline", "ann");
        await rig.Credentials.RevokeAsync(first);
        await AdvanceAsync(41);
        Assert.Single((await rig.Campaign.GetAsync())!.RunIds);

        await rig.Credentials.RevokeAsync(second);
        await AdvanceAsync(60);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Stopped, (DateTimeOffset?)null), (campaign.State, campaign.NextRunAt));
        Assert.NotNull(campaign.EndedAt);
        Assert.Contains("The API token 'pipeline' that it was made with was revoked", campaign.LastProblem, StringComparison.Ordinal);
        Assert.Equal(CampaignState.Stopped, (await Run(Assert.Single(campaign.RunIds)).GetAsync())!.State);
        Assert.Equal([AuditDecision.Denied, AuditDecision.Allowed], (await rig.AuditAsync("campaign.run")).Select(row => row.Decision));
    }

    [Fact]
    public async Task Run_OfAGoodTokenWhoseNameANewerOneWithLessHas_GoesOn()
    {
        var first = await TokenAsync("ci", "ann");
        await CreateAsAsync(first);
        clock.Advance(TimeSpan.FromSeconds(1));
        await TokenAsync("ci", "ann", Role.Viewer);
        await AdvanceAsync(41);
        Assert.Single((await rig.Campaign.GetAsync())!.RunIds);

        await rig.Credentials.RevokeAsync(first);
        await AdvanceAsync(60);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal(CampaignState.Stopped, campaign.State);
        Assert.Contains("'ci', who made it, may not do this any more.", campaign.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfAnAccountThatWasRemoved_IsNotStarted()
    {
        await rig.Accounts.AddCodeAsync("code", TimeSpan.FromMinutes(15));
        var session = rig.Credentials.NewSession(CredentialKind.PasswordSession, "ann", Grants.Everything, TimeSpan.FromHours(8));
        Assert.True(await rig.Accounts.SetUpAsync("code", "ann", "correct horse battery", session));
        await CreateAsAsync(session.CredentialId);
        // It is the account that counts: a session ends every day.
        await rig.Credentials.RevokeAsync(session.CredentialId);
        await AdvanceAsync(41);
        Assert.Single((await rig.Campaign.GetAsync())!.RunIds);

        Assert.Equal(AccountRemoval.Removed, await rig.Accounts.RemoveAsync("ann", mayBeLast: true));
        await AdvanceAsync(60);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal(CampaignState.Stopped, campaign.State);
        Assert.Contains("The account 'ann' that it was made with was removed.", campaign.LastProblem, StringComparison.Ordinal);
        Assert.Single(campaign.RunIds);
    }

    [Fact]
    public async Task Run_OfSomebodyOfAnIdentityProvider_GoesOnWhenTheirSessionHasEnded()
    {
        var session = rig.Credentials.NewSession(CredentialKind.OidcSession, "ann", new Grants { Role = Role.Operator, Services = ["checkout"] }, TimeSpan.FromHours(8));
        await rig.Credentials.AddAsync(session);
        await CreateAsAsync(session.CredentialId);
        await rig.Credentials.RevokeAsync(session.CredentialId);
        await AdvanceAsync(41);

        Assert.Single((await rig.Campaign.GetAsync())!.RunIds);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Their ids end with when they were due, of this millennium.</summary>
    private async Task DamageRunsAsync()
    {
        await rig.KillAsync();
        await rig.Database.WriteAsync((connection, transaction) => connection.Execute("UPDATE grain_state SET payload = @payload WHERE grain_id LIKE '%-2%'", new { payload = new byte[] { 0xff, 0x17, 0x00 } }, transaction));
        await rig.StartAsync();
    }

    private async Task<string> TokenAsync(string name, string by, Role role = Role.Operator)
    {
        var row = rig.Credentials.NewToken(ApiTokenText.Create(), name, new Grants { Role = role, Services = ["checkout"] }, by, TimeSpan.FromDays(1));
        await rig.Credentials.AddAsync(row);
        return row.CredentialId;
    }

    private async Task CreateAsAsync(string credentialId)
    {
        OutsideCaller.As(credentialId);
        Assert.NotNull((await rig.Campaign.CreateAsync(EveryMinute, null)).Campaign);
        RequestContext.Clear();
    }

    /// <summary>Of the campaign and its runs together, the one of this number from now on fails; completes when it does.</summary>
    private Task FailWriteAsync(int number)
    {
        var (writes, isLost) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        rig.NextWrite = state =>
        {
            var fails = state == "campaign" && Interlocked.Increment(ref writes) == number;
            return fails && isLost.TrySetResult() ? ChaosStorage.Fault.BeforeCommit : ChaosStorage.Fault.None;
        };
        return isLost.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Lets seconds pass until the campaign is so: fewer than until its next run is due, however slowly it gets there.</summary>
    private async Task<Campaign> SecondsUntilAsync(Func<Campaign, bool> isReached)
    {
        const int MostSeconds = 50;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var second = 0; ; second++)
        {
            if (await rig.Campaign.GetAsync() is { } campaign && isReached(campaign))
            {
                return campaign;
            }

            clock.Advance(second < MostSeconds ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
            await Task.Delay(200, limit.Token);
        }
    }

    /// <summary>Every hour, at the minute that is so many after that of the start.</summary>
    private static CampaignSpec HourlyIn(int minutes) => EveryMinute with { Cron = $"{Start.AddMinutes(minutes).Minute} * * * *" };

    private static DateTimeOffset FullMinute(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));

    private ICampaignGrain Run(string id) => rig.Grains.GetGrain<ICampaignGrain>(id);

    private async Task AdvanceAsync(int seconds)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        await rig.TickAsync();
    }
}
