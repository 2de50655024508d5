using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>The engine: plan, one durable write, then effects.</summary>
internal sealed partial class CampaignGrain
{
    /// <summary>What became of an end that was not heard of may matter this long after a restart.</summary>
    private static readonly TimeSpan EndsAreRepeatedFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, CaptureProgressReport> progress = [];
    private readonly Dictionary<string, DateTimeOffset> seenAt = [];
    private readonly Dictionary<string, DateTimeOffset> cancelAgainAt = [];
    private readonly List<(string CaptureId, int Attempt, CaptureFailure Answer)> answers = [];
    private readonly HashSet<string> starting = [];
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>What is stored.</summary>
    private StoredCampaign current = new();

    private IGrainTimer? timer;
    private DateTimeOffset timerDueAt;
    private TimeSpan lastWrite;
    private bool isReturning;
    private bool isBroken;

    private void Load()
    {
        current = stored.State;
        shown = current;
        if (current.Spec is null)
        {
            return;
        }

        // Rows of the last step, and the end of the reminder, may have been lost with the process; repeating them changes nothing.
        unwrittenRows.UnionWith(current.Targets.Select(target => target.CaptureId));
        isReturning = true;
        Wake();
    }

    /// <summary>Durable and published when it returns.</summary>
    /// <param name="change">What the step is about, if not the passage of time.</param>
    /// <exception cref="Exception">The write failed; this activation ends, and the next one starts from what is stored.</exception>
    private async Task StepAsync(Func<StoredCampaign, StoredCampaign>? change = null)
    {
        await StoreAsync(change);
        await PublishAsync();
    }

    /// <summary>Durable when it returns, and in the lists then or, of a large campaign, soon.</summary>
    private async Task StepSoonShownAsync(Func<StoredCampaign, StoredCampaign>? change = null, Action? whenStored = null)
    {
        await StoreAsync(change, whenStored);
        await (IsLarge ? PublishSoonAsync() : PublishAsync());
    }

    /// <param name="change">What the step is about, if not the passage of time.</param>
    /// <param name="whenStored">Called as soon as it is durable: who waits for that need not wait for what follows from it.</param>
    private async Task StoreAsync(Func<StoredCampaign, StoredCampaign>? change, Action? whenStored = null)
    {
        // Results come in the middle of other calls; steps follow each other all the same.
        await turn.WaitAsync();
        try
        {
            await StepInTurnAsync(change, whenStored);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task StepInTurnAsync(Func<StoredCampaign, StoredCampaign>? change, Action? whenStored)
    {
        if (isBroken)
        {
            throw new InvalidOperationException($"Campaign {Id} is starting again after a failed write. Try again.");
        }

        if (current.IsOver && change is null)
        {
            Act(current, current, [], Now);
            return;
        }

        if (current.Spec is null && change is null)
        {
            await RemoveReminderAsync();
            return;
        }

        var started = clock.GetTimestamp();
        var now = Now;
        var before = current;
        var news = (Answers: answers.ToList(), SeenAt: seenAt.ToList());
        var next = TakeIn(before, news.Answers, news.SeenAt, now);
        next = agents.Follow(await ObeyHoldsAsync(change is null ? next : change(next), now), now);
        var plan = next.IsRecurring ? new Advance(PlanRun(next, now), [], next.NextRunAt ?? DateTimeOffset.MaxValue) : await AdvanceAsync(next, now);
        if (!plan.Next.HasSameContent(before))
        {
            await SaveAsync(Carry(plan.Next));
            lastWrite = clock.GetElapsedTime(started);
            CampaignInstruments.Stepped(lastWrite);
            waiting.Expect(Unreported);
        }

        // Only now: had the step failed on its way, the news would be needed again.
        answers.RemoveRange(0, news.Answers.Count);
        foreach (var seen in news.SeenAt)
        {
            ((ICollection<KeyValuePair<string, DateTimeOffset>>)seenAt).Remove(seen);
        }

        whenStored?.Invoke();
        Act(before, current, plan.Cancels, now);
        if (current.IsRecurring)
        {
            // What is stored is to be seen, whatever comes of the run.
            await PublishAsync();
            await ActOnRunAsync();
        }

        if (!current.IsOver)
        {
            Sleep(plan.WakeAt);
        }
    }

    /// <summary>Adds what came in since the last step.</summary>
    private StoredCampaign TakeIn(
        StoredCampaign campaign, IReadOnlyList<(string CaptureId, int Attempt, CaptureFailure Answer)> given, IReadOnlyList<KeyValuePair<string, DateTimeOffset>> seen, DateTimeOffset now)
    {
        campaign = campaign.WithAll(
            given.ToLookup(entry => entry.CaptureId, StringComparer.Ordinal),
            (target, ofTarget) => ofTarget.Aggregate(target, (answered, entry) => answered.Answer(entry.Attempt, entry.Answer, now, options)));
        campaign = campaign.WithAll(
            seen.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
            (target, at) => target.See(progress[target.CaptureId], at.Last(), now, options));

        return isReturning ? campaign with { Targets = [.. campaign.Targets.Select(target => target.Return(now, options))] } : campaign;
    }

    private async Task<Advance> AdvanceAsync(StoredCampaign campaign, DateTimeOffset now)
    {
        var step = CampaignPlan.Next(campaign.ToPlanInput(cancelAgainAt, now, options));
        if (step.IsPastDeadline)
        {
            campaign = campaign with
            {
                State = campaign.State == CampaignState.Running ? CampaignState.Expired : campaign.State,
                Targets = [.. campaign.Targets.Select(target => target.Expire(now, options))],
            };
            step = CampaignPlan.Next(campaign.ToPlanInput(cancelAgainAt, now, options));
        }

        foreach (var end in step.Ends)
        {
            campaign = await EndAsync(campaign, end, now);
        }

        var startable = step.Starts.ToHashSet(StringComparer.Ordinal);
        var places = startable.Count == 0 ? startable : await orders.AcquireAsync(campaign.Targets.Where(target => startable.Contains(target.CaptureId)), campaign.Spec!, now);
        campaign = campaign.WithAll(places.ToLookup(captureId => captureId, StringComparer.Ordinal), (target, _) => target.Start(now, options));

        if (campaign.EndedAt is null && campaign.Targets.All(target => target.IsFinal))
        {
            campaign = campaign with { EndedAt = now, State = campaign.State == CampaignState.Running ? CampaignState.Completed : campaign.State };
        }

        var wakeAt = step.WakeAt ?? DateTimeOffset.MaxValue;
        var retryAt = now + options.RetryDelay;
        return new Advance(campaign, step.Cancels, places.Count == startable.Count || wakeAt < retryAt ? wakeAt : retryAt);
    }

    /// <summary>Nothing that was durably received is given up: without word from the agent, the artifact store is asked.</summary>
    private async Task<StoredCampaign> EndAsync(StoredCampaign campaign, EndedTarget end, DateTimeOffset now)
    {
        var isMissing = end.End is TargetEnd.TimedOut or TargetEnd.AgentLost or TargetEnd.ExpiredRunning or TargetEnd.StopUnconfirmed or TargetEnd.AnalysisOverdue;
        var artifact = isMissing ? await artifacts.FindAsync(end.CaptureId) : null;
        var isSilent = isMissing || end.End == TargetEnd.AgentUnreachable;
        var silence = isSilent && artifact is null ? await agents.FindSilenceAsync(campaign.Targets.First(target => target.CaptureId == end.CaptureId)) : null;
        return campaign.With(end.CaptureId, target => artifact is not null && artifact.Attempt == target.Attempt
            ? target.Find(artifact.Sha256, artifact.SizeBytes, now, options)
            : target.End(end.End, now, silence));
    }

    /// <summary>A step that is written anyway takes the latest progress along.</summary>
    private StoredCampaign Carry(StoredCampaign campaign)
    {
        return campaign.WithAll(progress.Values.ToLookup(report => report.CaptureId, StringComparer.Ordinal), (target, reports) => target.Show(reports.First()));
    }

    private async Task SaveAsync(StoredCampaign next)
    {
        var before = current;
        stored.State = next with { Revision = before.Revision + 1 };
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // Whether it was written is unknown: only a fresh read tells. The reminder would bring it back, a call does it sooner.
            isBroken = true;
            DeactivateOnIdle();
            CampaignInstruments.StepFailed();
            LogNotWritten(exception, Id);
            CampaignRevival.Begin(GrainFactory.GetGrain<ICampaignGrain>(Id), options.RetryDelay, clock);
            throw;
        }

        current = stored.State;
        if (current.IsOver && !before.IsOver)
        {
            CampaignInstruments.CampaignEnded(current.State);
        }

        var ends = new List<StoredTarget>();
        foreach (var (was, now) in Changes(before, current))
        {
            unwrittenRows.Add(now.CaptureId);
            if (now.IsFinal && was?.IsFinal != true)
            {
                progress.Remove(now.CaptureId);
                seenAt.Remove(now.CaptureId);
                CampaignInstruments.CaptureEnded(now);
                ends.Add(now);
            }
        }

        LogEnds(ends);
    }

    /// <summary>Effects follow from what the write changed. None of them is awaited: agents may be slow, and may be calling this campaign.</summary>
    private void Act(StoredCampaign before, StoredCampaign after, IReadOnlyList<string> cancels, DateTimeOffset now)
    {
        foreach (var target in cancels.Select(Find).OfType<StoredTarget>())
        {
            cancelAgainAt[target.CaptureId] = now + options.CancelInterval;
            _ = orders.CancelAsync(target.AgentId, target.CaptureId, target.Attempt);
        }

        var ends = new List<StoredTarget>();
        var starts = new List<StoredTarget>();
        var extended = new List<StoredTarget>();
        foreach (var (was, target) in Changes(before, after))
        {
            if (was is { State: CaptureState.Running } && target.State != CaptureState.Running)
            {
                ends.Add(target);
            }
            else if (target.State == CaptureState.Running && target.Attempt != was?.Attempt)
            {
                starts.Add(target);
            }
            else if (target.State == CaptureState.Running && target.LeaseUntil > was?.LeaseUntil)
            {
                extended.Add(target);
            }
        }

        if (isReturning)
        {
            isReturning = false;
            // The silo may have died between the write and the hand-out.
            foreach (var target in after.Targets.Where(target => IsUnheard(target, now) && !starts.Contains(target)))
            {
                _ = HandOutAgainAsync(target, after, isAnswered: false);
            }

            ends.AddRange(after.Targets.Where(target => target.Attempt > 0 && target.State != CaptureState.Running
                && (target.State <= CaptureState.Analysing || target.EndedAt > now - EndsAreRepeatedFor) && !ends.Contains(target)));
        }

        if (starts.Count > 0)
        {
            LogOrders(Id, starts.Count);
        }

        starting.UnionWith(starts.Select(target => target.RunningName));
        _ = orders.AcquireAsync(extended, after.Spec!, now);
        var freed = FreeHosts(ends, starts);
        _ = FreeServicesAsync(ends, freed);
        foreach (var agent in starts.GroupBy(target => target.AgentId))
        {
            _ = StartInTurnAsync([.. agent], freed.GetValueOrDefault(agent.Key, Task.CompletedTask), after);
        }
    }

    private static IEnumerable<(StoredTarget? Was, StoredTarget Now)> Changes(StoredCampaign before, StoredCampaign after)
    {
        for (var at = 0; at < after.Targets.Count; at++)
        {
            var was = at < before.Targets.Count ? before.Targets[at] : null;
            if (!ReferenceEquals(was, after.Targets[at]))
            {
                yield return (was, after.Targets[at]);
            }
        }
    }

    /// <summary>A step soon, whatever was planned.</summary>
    private void Wake()
    {
        if (timer is null || timerDueAt > Now + options.StepInterval)
        {
            Sleep(DateTimeOffset.MinValue);
        }
    }

    private void Sleep(DateTimeOffset until)
    {
        var now = Now;
        var wait = answers.Count > 0 || until < now + options.StepInterval ? options.StepInterval
            : until > now + options.IdleInterval ? options.IdleInterval
            : until - now;
        timerDueAt = now + wait;
        if (timer is null)
        {
            timer = this.RegisterGrainTimer(
                static (grain, _) => grain.StepSoonShownAsync(), this, new GrainTimerCreationOptions(wait, options.IdleInterval) { KeepAlive = true });
        }
        else
        {
            timer.Change(wait, options.IdleInterval);
        }
    }

    /// <summary>What a step comes to before it is stored.</summary>
    private sealed record Advance(StoredCampaign Next, IReadOnlyList<string> Cancels, DateTimeOffset WakeAt);
}
