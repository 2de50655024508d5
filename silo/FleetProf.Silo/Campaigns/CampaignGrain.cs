using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>
/// One campaign. Every step is planned from what is stored, stored, and only then acted upon; what is lost in between is
/// planned again. An attempt is handed to its agent once: a new one is made only when it is certain that nothing started.
/// </summary>
/// <remarks>This file: what others call. Steps: the engine. Lists: what is shown. Runs: recurring campaigns. Holds: what it may not.</remarks>
#pragma warning disable CA1001 // Its semaphore, whose wait handle nobody asks for, holds nothing.
[CollectionAgeLimit(Minutes = IdleMinutes)]
internal sealed partial class CampaignGrain(
    [PersistentState("campaign", StorageSetup.ProviderName)] IPersistentState<StoredCampaign> stored,
    CampaignDrafts drafts,
    CampaignOrders orders,
    TargetAgents agents,
    CampaignTable table,
    ArtifactTable artifacts,
    HoldBoard holds,
    StandingGrants standing,
    IOptions<CampaignOptions> settings,
    TimeProvider clock,
    ILogger<CampaignGrain> logger) : Grain, ICampaignGrain, IRemindable
#pragma warning restore CA1001
{
    private const string ReminderName = "campaign";

    /// <summary>One that runs stays by its timer; one that is over is read again where somebody asks for it. Thousands of them a day would fill the memory for the two hours that grains have by default.</summary>
    internal const int IdleMinutes = 10;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait for further reports, and from how many captures on there is one.</summary>
    private static readonly TimeSpan MaxGathering = TimeSpan.FromSeconds(1);
    private const int LargeCampaign = 100;

    private readonly CampaignOptions options = settings.Value;
    private ReportBatch waiting = new();
    private Dictionary<string, int> positions = [];

    private readonly LeaseClock time = new(clock);

    private string Id => this.GetPrimaryKeyString();

    /// <summary>Captures have their time whatever somebody does to the host's clock meanwhile; schedules follow the calendar.</summary>
    private DateTimeOffset Now => current.Spec?.Cron is null ? time.Now : clock.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Load();
        return Task.CompletedTask;
    }

    public async Task<CampaignCreation> CreateAsync(CampaignSpec spec, string? parentId, CancellationToken cancellationToken = default)
    {
        if (current.Spec is not null)
        {
            return new CampaignCreation { Campaign = View() };
        }

        // A run has waited already for agents that come back, and its schedule says how many did not.
        var draft = parentId is null ? drafts.CheckAsked(spec) : drafts.Check(spec);
        if (draft.Problems.Count > 0)
        {
            return new CampaignCreation { Problems = draft.Problems };
        }

        if (await FindHoldAsync(draft) is { } hold)
        {
            return new CampaignCreation { Problems = [hold] };
        }

        // Before the first write: a campaign that is stored must wake up again, a reminder without campaign removes itself.
        await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod, CancellationToken.None);
        var now = Now;
        var seed = spec.Seed ?? CampaignSeeds.Of(Id);
        var isRecurring = spec.Cron is not null;
        PendingAudit.Current ??= parentId is null ? null : new PendingAudit(RunEntry(AuditDecision.Allowed, draft.Population.Select(instance => instance.Service), $"Run of {parentId}.", spec));
        var created = new StoredCampaign
        {
            Spec = spec,
            State = isRecurring ? CampaignState.Scheduled : CampaignState.Running,
            CreatedAt = now,
            Seed = seed,
            PopulationSize = draft.Population.Count,
            Targets = isRecurring ? [] : CampaignDrafts.Draw(Id, spec, draft, seed),
            ParentId = parentId,
            LastProblem = isRecurring || draft.LostCount == 0 ? null : $"It was drawn without some that may fit. {NotReached(draft.LostCount)}",
            NextRunAt = isRecurring ? CronSchedule.NextAfter(spec.Cron!, now) : null,
            CreatorCredential = isRecurring && RequestContext.Get(Caller.Key) is Caller caller ? caller.CredentialId : "",
        };
        CampaignInstruments.CampaignCreated();
        LogCreated(Id, created.Targets.Count, created.PopulationSize, seed, spec.RequestedBy);

        // One write for the campaign and its first orders: of thousands of targets each takes its time.
        await StepSoonShownAsync(_ => created);
        return new CampaignCreation { Campaign = View() };
    }

    public Task<Campaign?> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(shown.Spec is null ? null : View());

    public Task<Campaign?> GetOneAsync(string captureId, CancellationToken cancellationToken = default) => Task.FromResult(
        !IsUnknown() && Find(captureId) is { } target ? (current with { Targets = [target] }).ToCampaign(Id, progress) : null);

    public async Task<Campaign?> StopAsync(string requestedBy, CancellationToken cancellationToken = default)
    {
        if (current.Spec is null)
        {
            return null;
        }

        if (!current.IsOver && current.StoppedBy is null)
        {
            LogStopped(Id, requestedBy);
            await StepAsync(campaign => campaign with
            {
                State = CampaignState.Stopped,
                StoppedBy = requestedBy,
                NextRunAt = null,
                Targets = [.. campaign.Targets.Select(target => target.Stop(requestedBy, Now, options))],
            });
        }

        return View();
    }

    public async Task<bool> StopTargetAsync(string captureId, string requestedBy, CancellationToken cancellationToken = default)
    {
        if (Find(captureId) is not { State: CaptureState.Pending or CaptureState.Running })
        {
            return false;
        }

        await StepAsync(campaign => campaign.With(captureId, target => target.Stop(requestedBy, Now, options)));
        return true;
    }

    public Task ReportProgressAsync(CaptureProgressReport report)
    {
        if (!IsUnknown() && Find(report.CaptureId) is { IsFinal: false } target && target.Attempt == report.Attempt && target.IsOf(report.AgentId))
        {
            progress[report.CaptureId] = report;
            seenAt[report.CaptureId] = Now;
            unwrittenRows.Add(report.CaptureId);
            if (target.LostAt is not null)
            {
                Wake();
            }
        }

        return Task.CompletedTask;
    }

    public async Task<bool> ReportResultAsync(CaptureReport report)
    {
        if (!IsUnknown() && Find(report.CaptureId) is { HasResult: true } known && known.IsAwaiting(report))
        {
            return true;
        }

        var isTaken = Find(report.CaptureId)?.IsAwaiting(report) == true
            // The step before may have begun another attempt.
            && await InNextStepAsync(report.CaptureId, target => target.IsAwaiting(report) ? target.Report(report, Now, options) : null);
        if (!isTaken)
        {
            LogStale(report.CaptureId, report.Attempt, report.AgentId);
        }

        return isTaken;
    }

    public Task ReportAnalysisAsync(AnalysisReport report) => Find(report.CaptureId) is { HasAnalysis: false } target && target.Attempt == report.Attempt
        ? InNextStepAsync(report.CaptureId, analysed => analysed.Attempt == report.Attempt ? analysed.Analyse(report, Now, options) : null)
        : Task.CompletedTask;

    public async Task AgentAttachedAsync(string agentId, IReadOnlyList<string> runningCaptures)
    {
        if (IsUnknown())
        {
            return;
        }

        var now = Now;
        await StepAsync(campaign => campaign with
        {
            // An order that is on its way just now may be in neither list; its answer or the agent's progress will tell.
            Targets = [.. campaign.Targets.Select(target => target.AgentId == agentId && !starting.Contains(target.RunningName)
                ? target.Attach(runningCaptures.Contains(target.RunningName), now, options)
                : target)],
        });
        foreach (var target in current.Targets.Where(target => target.AgentId == agentId))
        {
            foreach (var attempt in CampaignViews.StaleAttempts(target, runningCaptures))
            {
                _ = orders.CancelAsync(agentId, target.CaptureId, attempt);
            }
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => StepAsync();

    /// <summary>Thousands of agents may report at once: what comes while a step runs goes into the next, all together, which the first of them begins.</summary>
    private Task<bool> InNextStepAsync(string captureId, Func<StoredTarget, StoredTarget?> change)
    {
        var batch = waiting;
        var told = batch.Add(captureId, change);
        if (batch.Count == 1)
        {
            _ = StepWithAsync(batch);
        }

        return told;
    }

    /// <summary>
    /// Each step rewrites the whole campaign, so that of a large one waits four times as long as the last one took, a fifth of the time at most being spent on
    /// writing, unless nothing else can come. Throws nothing: those who reported are told.
    /// </summary>
    private async Task StepWithAsync(ReportBatch batch)
    {
        try
        {
            if (IsLarge)
            {
                batch.Expect(Unreported);
                await Task.WhenAny(batch.Full, Task.Delay(4 * lastWrite < MaxGathering ? 4 * lastWrite : MaxGathering, clock));
            }

            await StepSoonShownAsync(
                campaign =>
                {
                    waiting = waiting == batch ? new() : waiting;
                    return batch.Apply(campaign);
                },
                // Thousands of agents need not wait until the rows of their captures are written.
                whenStored: IsLarge ? batch.Complete : null);
            batch.Complete();
        }
        catch (Exception exception)
        {
            waiting = waiting == batch ? new() : waiting;
            batch.Fail(exception);
        }
    }

    /// <summary>Nobody made it: an agent may name what it likes, and what it names is not kept in memory.</summary>
    private bool IsUnknown()
    {
        if (current.Spec is null)
        {
            DeactivateOnIdle();
        }

        return current.Spec is null;
    }

    private bool IsLarge => current.Targets.Count >= LargeCampaign;

    /// <summary>Captures whose agents have not said yet what became of them.</summary>
    private int Unreported => current.Targets.Count(target => target is { State: CaptureState.Running, HasResult: false });

    private StoredTarget? Find(string captureId)
    {
        // Drawn once: a capture stays where it is.
        if (positions.Count != current.Targets.Count)
        {
            positions = current.Targets.Select((target, at) => (target.CaptureId, at)).ToDictionary(entry => entry.CaptureId, entry => entry.at, StringComparer.Ordinal);
        }

        return positions.TryGetValue(captureId, out var at) ? current.Targets[at] : null;
    }

    private Campaign View() => shown.ToCampaign(Id, progress);
}
