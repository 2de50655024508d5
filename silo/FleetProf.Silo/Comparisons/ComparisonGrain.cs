using FleetProf.Analysis.Comparisons;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Comparisons;

/// <summary>
/// One comparison. A timer decides it on time; the reminder sees to it that a restart of the silo does not keep it from being decided.
/// The reminder goes only after the decided row is in the catalog, so that whatever a crash left undone is done by its next tick.
/// </summary>
internal sealed partial class ComparisonGrain(
    [PersistentState("comparison", StorageSetup.ProviderName)] IPersistentState<ComparisonState> stored,
    ComparisonPlanner planner,
    ComparisonDecision decision,
    ComparisonTable table,
    VerdictGauge gauge,
    TimeProvider clock,
    ILogger<ComparisonGrain> logger) : Grain, IComparisonGrain, IRemindable
{
    private const string Reminder = "decide";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>How often a due comparison looks for windows that are missing.</summary>
    private static readonly TimeSpan WaitStep = TimeSpan.FromSeconds(5);

    /// <summary>Later due times are left to the reminder: nothing is kept in memory for a day.</summary>
    private static readonly TimeSpan TimerHorizon = TimeSpan.FromMinutes(2);

    private IGrainTimer? timer;

    /// <summary>Since when the catalog has answered. Before that agents may have kept windows that have not come yet. Null: it did not when it was asked last.</summary>
    private DateTimeOffset? answeringSince;

    /// <summary>One that was planned before comparisons named their environment has it beside it.</summary>
    private Comparison? Current => stored.State is { Comparison: { Environment: null } planned, Environment: { } environment }
        ? planned with { Environment = environment }
        : stored.State.Comparison;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        answeringSince = clock.GetUtcNow();
        ArmTimer();
        return Task.CompletedTask;
    }

    public async Task<Comparison?> CreateAsync(ComparisonRequest request)
    {
        if (Current is null)
        {
            var plan = await planner.PlanAsync(this.GetPrimaryKeyString(), request, clock.GetUtcNow());
            if (plan is null)
            {
                return null;
            }

            var wait = plan.Comparison!.DueAt - clock.GetUtcNow();
            await this.RegisterOrUpdateReminder(Reminder, wait < ReminderPeriod ? ReminderPeriod : wait, ReminderPeriod);
            await SaveAsync(plan);
            LogPlanned(Current!.ComparisonId, Current.Service, Current.Baseline.Version, Current.Candidate.Version, Current.DueAt);
        }

        await StepAsync();
        return Current;
    }

    public Task<Comparison?> GetAsync() => Task.FromResult(Current);

    public Task ReceiveReminder(string reminderName, TickStatus status) => StepAsync();

    private async Task StepAsync()
    {
        if (Current is { DecidedAt: null } && clock.GetUtcNow() >= Current.DueAt && await DecideAsync() is { } decided)
        {
            await SaveAsync(stored.State with { Comparison = decided });
            LogDecided(decided.ComparisonId, decided.Service, decided.Verdict, decided.Sentence);
        }

        if (Current is not null)
        {
            await table.UpsertAsync(Current);
            gauge.Show(Current);
        }

        if (Current is { DecidedAt: null })
        {
            ArmTimer();
        }
        else if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private async Task<Comparison?> DecideAsync()
    {
        var now = clock.GetUtcNow();
        var since = answeringSince ?? now;

        // Only an answer sets it again.
        answeringSince = null;
        var decided = await decision.DecideAsync(stored.State, now, since + TimeRanges.Return);
        answeringSince = since;
        return decided;
    }

    private void ArmTimer()
    {
        timer?.Dispose();
        timer = null;
        if (Current is not { DecidedAt: null } pending || pending.DueAt - clock.GetUtcNow() > TimerHorizon)
        {
            return;
        }

        var wait = pending.DueAt - clock.GetUtcNow();
        timer = this.RegisterGrainTimer(
            OnTimerAsync,
            new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : WaitStep, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    private async Task OnTimerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StepAsync();
        }
        catch (Exception exception)
        {
            LogStepFailed(exception, this.GetPrimaryKeyString());
        }
    }

    private async Task SaveAsync(ComparisonState next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Comparison {ComparisonId} of {Service} {Baseline} with {Candidate} is due at {DueAt}")]
    private partial void LogPlanned(string comparisonId, string service, string baseline, string candidate, DateTimeOffset dueAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Comparison {ComparisonId} of {Service} is decided, {Verdict}: {Sentence}")]
    private partial void LogDecided(string comparisonId, string service, ComparisonVerdict verdict, string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Comparison {ComparisonId} could not go on; its reminder tries again within a minute")]
    private partial void LogStepFailed(Exception exception, string comparisonId);
}
