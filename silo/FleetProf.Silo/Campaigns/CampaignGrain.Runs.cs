using System.Globalization;
using FleetProf.Contracts;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access.Audit;

namespace FleetProf.Silo.Campaigns;

/// <summary>Recurring campaigns: each run is a campaign of its own, whose id follows from the time that it was due.</summary>
internal sealed partial class CampaignGrain
{
    private const int MaxRunIds = 50;

    private StoredCampaign PlanRun(StoredCampaign campaign, DateTimeOffset now)
    {
        if (campaign.State != CampaignState.Scheduled || campaign.StartingRunId is not null)
        {
            return campaign;
        }

        if (campaign.NextRunAt is not { } due)
        {
            return campaign with { State = CampaignState.Completed, EndedAt = now };
        }

        if (due > now)
        {
            // A clock that was ahead for a while, when the run before was due or missed, has put this one off until then.
            var next = CronSchedule.NextAfter(campaign.Spec!.Cron!, now);
            return next < due ? campaign with { NextRunAt = next } : campaign;
        }

        var isMissed = now - due > options.RunTolerance;
        return campaign with
        {
            // What was due just now is only late, whatever was missed before it.
            NextRunAt = CronSchedule.NextAfter(campaign.Spec!.Cron!, isMissed ? now - options.RunTolerance : now),
            StartingRunId = isMissed ? null : $"{Id}-{due.UtcDateTime.ToString("yyyyMMdd't'HHmm", CultureInfo.InvariantCulture)}",
            StartingRunDueAt = isMissed ? null : due,
            LastProblem = isMissed ? Missed(due) : campaign.LastProblem,
        };
    }

    private bool IsAwaitingInstances => current is { StartingRunId: not null, StartingRunDueAt: { } due }
        && Now - due < options.RunTolerance && drafts.CountLost(current.Spec!, options.RunTolerance) > 0;

    private static string Missed(DateTimeOffset due) => $"The run of {due:yyyy-MM-dd HH:mm} UTC was missed because the silo was not running. Missed runs are not made up.";

    private static string NotReached(int lost) => $"Not to be reached by then: {lost} instance(s) that were there shortly before.";

    private async Task ActOnRunAsync()
    {
        if (current.State == CampaignState.Stopped && !current.IsOver)
        {
            // The intent is stored; it is carried out again until everything that it started has heard of it.
            foreach (var runId in current.RunIds.Take(1).Prepend(current.StartingRunId).OfType<string>())
            {
                await StopRunAsync(runId);
            }

            await SaveAsync(current with { StartingRunId = null, StartingRunDueAt = null, EndedAt = Now });
        }
        else if (IsAwaitingInstances)
        {
            // After the silo's restart most agents come back within a minute: a run that drew at once would draw from the first of them.
        }
        else if (current.StartingRunId is not null && await CreatorProblemAsync() is { } refusal)
        {
            LogCreatorMayNot(Id, refusal);
            PendingAudit.Current = new PendingAudit(RunEntry(AuditDecision.Denied, current.Spec!.Selector.Services, refusal, current.Spec));
            await SaveAsync(current with { State = CampaignState.Stopped, StoppedBy = AgentRows.Silo, NextRunAt = null, LastProblem = refusal });
            // The run may have been made, and only its record lost: it is stopped as any other.
            await ActOnRunAsync();
        }
        else if (current.StartingRunId is { } runId)
        {
            var lost = drafts.CountLost(current.Spec!, 2 * options.RunTolerance);
            var problem = current.StartingRunDueAt is { } due && Now - due > 2 * options.RunTolerance && await FindRunAsync(runId) is null
                ? Missed(due)
                : await StartRunAsync(runId);
            if (problem is not null)
            {
                LogRunNotStarted(Id, runId, problem);
            }

            await SaveAsync(current with
            {
                StartingRunId = null,
                StartingRunDueAt = null,
                RunIds = problem is null ? [.. current.RunIds.Prepend(runId).Distinct().Take(MaxRunIds)] : current.RunIds,
                LastProblem = lost == 0 ? problem : $"{problem ?? $"The run {runId} was started, and drawn without some that may fit."} {NotReached(lost)}",
            });
        }
    }

    /// <summary>A schedule does not outlive the rights of who made it. Null when they still may.</summary>
    private async Task<string?> CreatorProblemAsync()
    {
        if (current.CreatorCredential.Length == 0)
        {
            return null;
        }

        var spec = current.Spec!;
        Permission[] needs = spec.Kinds.Contains(CaptureKind.Gcdump) ? [Permission.CaptureTrace, Permission.CaptureGcdump] : [Permission.CaptureTrace];
        var services = spec.Selector.Services.Concat(drafts.Check(spec).Population.Select(instance => instance.Service));
        return await standing.ProblemOfAsync(current.CreatorCredential, needs, services) is { } problem
            ? $"No run was started, and the campaign is stopped: {problem} Create it anew as somebody who may."
            : null;
    }

    /// <summary>Nobody calls when a run is due, so no call brings its audit row.</summary>
    private AuditEntry RunEntry(AuditDecision decision, IEnumerable<string> services, string reason, CampaignSpec spec) => new()
    {
        At = clock.GetUtcNow(),
        Actor = $"schedule of {spec.RequestedBy}",
        Action = "campaign.run",
        Target = Id,
        Services = string.Join(',', services.Distinct().Order(StringComparer.Ordinal)),
        Decision = decision,
        Reason = $"{reason} {spec.Reason}".TrimEnd(),
    };

    /// <summary>Null when the run exists now, else why it does not.</summary>
    private async Task<string?> StartRunAsync(string runId)
    {
        if (current.RunIds is [var previousId, ..] && previousId != runId
            && await FindRunAsync(previousId) is { EndedAt: null })
        {
            return $"The run {runId} was left out because the run {previousId} was still going.";
        }

        var spec = current.Spec! with { Cron = null, Seed = current.Spec.Seed is { } seed ? CampaignSeeds.Of($"{seed} {runId}") : null };
        var creation = await RunOf(runId).CreateAsync(spec, Id);
        return creation.Campaign is not null ? null
            : string.Join(' ', creation.Problems.Select(problem => $"{problem.Field}: {problem.Message}").Prepend($"The run {runId} could not start."));
    }

    /// <summary>Null also for one whose stored state is damaged: nothing of it goes on, and its schedule must not stand still with it.</summary>
    private async Task<Campaign?> FindRunAsync(string runId)
    {
        try
        {
            return await RunOf(runId).GetAsync();
        }
        catch (Exception exception) when (StateDamage.In(exception) is { } damage)
        {
            LogRunDamaged(Id, runId, damage);
            return null;
        }
    }

    /// <summary>Waits for one that is just being made.</summary>
    private async Task StopRunAsync(string runId)
    {
        try
        {
            await RunOf(runId).StopAsync(current.StoppedBy!);
        }
        catch (Exception exception) when (StateDamage.In(exception) is { } damage)
        {
            LogRunDamaged(Id, runId, damage);
        }
    }

    private ICampaignGrain RunOf(string runId) => GrainFactory.GetGrain<ICampaignGrain>(runId);
}
