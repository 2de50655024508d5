using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>One fault in one phase: everything is well, a campaign runs, something breaks and is mended, and everything must be well again.</summary>
internal sealed class Round(FleetUnderFault fleet, CampaignWatch watch)
{
    private const int UploadBytesPerSecond = 60_000;
    private const int RecordingSeconds = 3;

    /// <summary>In the history, of what <see cref="SettleAsync"/> started again.</summary>
    public const string EndedByItself = "ended by itself and is started again";

    /// <summary>Campaigns until one is met in its phase, which may be over before anybody sees it.</summary>
    private const int Tries = 3;
    /// <summary>In a row, some two seconds: whichever silo draws has heard from the other one by then, which takes them a second.</summary>
    private const int WellLooks = 20;

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    /// <summary>A place that waited for the end of its lease would come later.</summary>
    private static readonly TimeSpan PlaceLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OverdueLimit = TimeSpan.FromMilliseconds(HistoryChecker.GraceMs + HistoryChecker.SeenLateMs);
    private static readonly TimeSpan OverLimit = CampaignWatch.Deadline + TimeSpan.FromSeconds(75);

    private readonly List<string> ends = [];

    /// <summary>The last fault and the silo that it was about: what ended since may have ended of it.</summary>
    private (Scenario? Scenario, int Silo) last;

    /// <param name="scenario">What breaks.</param>
    /// <param name="phase">When.</param>
    /// <param name="drawn">Of the captures that it is to meet.</param>
    public async Task<RoundResult> RunAsync(Scenario scenario, Phase phase, CaptureKind drawn)
    {
        var problems = new List<string>();
        if (!await SettleAsync())
        {
            problems.Add("the fleet was not well before the fault");
        }

        // Not before: a silo may find out late that it was declared dead, when the round of that fault is over.
        last = (scenario, fleet.HitSilo);
        if (scenario.PrepareAsync is { } prepareAsync)
        {
            await TryAsync(prepareAsync, problems);
            await SettleAsync();
        }

        await NoteDenialAsync(problems);
        if (scenario.NeedsACapture && await watch.CreateAsync(Ample, 1) is { } earlier && await watch.UntilOverAsync(earlier, OverLimit))
        {
            await watch.FetchAsync(earlier);
        }

        var (campaign, kind, hit) = phase == Phase.Idle ? (null, null, "idle") : await MeetAsync(scenario, phase, drawn, problems);
        fleet.History.Add(new() { Kind = HistoryKind.Fault, Campaign = campaign, CaptureKind = kind, Text = $"{scenario.Name} in {phase}: {hit}" });
        var began = fleet.History.Now;
        await TryAsync(scenario.BeginAsync, problems);
        await (scenario.WitnessAsync?.Invoke(fleet) ?? Task.CompletedTask);
        await Task.Delay(scenario.Hold);
        if (scenario.OutlivedDeadline is { } deadline && campaign is not null)
        {
            await OutliveAsync(campaign, deadline, problems);
        }

        double? recovery = null;
        if (scenario.IsSurvived)
        {
            // The slow link of a phase is not the fault.
            MendLinks();
            recovery = await RecoverAsync(began, scenario, problems);
        }

        await TryAsync(scenario.EndAsync, problems);
        MendLinks();
        fleet.History.Add(new() { Kind = HistoryKind.Healed, Text = scenario.Name });
        recovery ??= await RecoverAsync(fleet.History.Now, scenario, problems);
        var outcome = campaign is null ? "" : await EndAsync(campaign, scenario, problems);
        if (scenario.CleanUpAsync is { } cleanUpAsync)
        {
            await TryAsync(cleanUpAsync, problems);
        }

        if (!await SettleAsync())
        {
            problems.Add("the fleet was not well again within two minutes");
        }

        await NoteSessionsAsync();
        return new(scenario, phase, hit, outcome, recovery, [.. problems, .. TakeEnds()]) { Kind = kind };
    }

    /// <summary>Of processes that ended by themselves though no fault may end them, as far as they were not told yet.</summary>
    private List<string> TakeEnds()
    {
        List<string> taken = [.. ends];
        ends.Clear();
        return taken;
    }

    private void MendLinks() => fleet.AgentLinks.SelectMany(links => links).ToList().ForEach(link => link.State = LinkState.Well);

    /// <summary>Everything runs, knows of each other, and targets have one session each. What died of a fault is started again, as a service manager does.</summary>
    public async Task<bool> SettleAsync()
    {
        await StartWhatEndedAsync();
        var well = 0;
        return await Wait.UntilAsync(Ample, async () =>
        {
            var before = well;
            well = 0;
            well = await IsWellAsync() ? before + 1 : 0;
            return well == WellLooks;
        });

        async Task<bool> IsWellAsync()
        {
            await StartWhatEndedAsync();
            foreach (var target in fleet.Targets)
            {
                if (target.Sessions != 1 || await fleet.Calls.WatchedAsync(target.Service, target.Pid) is not { } instance)
                {
                    return false;
                }

                target.InstanceId = instance;
            }

            return await fleet.IsReadyAsync(0) && await fleet.IsReadyAsync(1) && await watch.CanDrawAllAsync();
        }
    }

    /// <summary>A session that nobody reads ends with the next event that it cannot send.</summary>
    public async Task NoteSessionsAsync()
    {
        await Wait.UntilAsync(TimeSpan.FromSeconds(30), () => Task.FromResult(fleet.Targets.All(target => target.Sessions == 1)));
        foreach (var target in fleet.Targets)
        {
            fleet.History.Add(new() { Kind = HistoryKind.Settled, Service = target.Service, Count = target.Sessions, Text = $"process {target.Pid}" });
        }
    }

    private async Task StartWhatEndedAsync()
    {
        for (var silo = 0; silo < FleetUnderFault.Silos; silo++)
        {
            if (!fleet.SiloParts[silo].IsRunning)
            {
                NoteEnd(fleet.SiloParts[silo], silo);
                fleet.History.Add(new() { Kind = HistoryKind.Fault, Text = $"silo{silo} {EndedByItself}" });
                await fleet.StartSiloAsync(silo);
            }
        }

        foreach (var agent in fleet.AgentParts.Where(agent => !agent.IsRunning))
        {
            NoteEnd(agent);
            fleet.History.Add(new() { Kind = HistoryKind.AgentGone, Agent = agent.Name, Text = $"it {EndedByItself}" });
            agent.Start();
        }

        if (!fleet.Portal.IsRunning)
        {
            NoteEnd(fleet.Portal);
            fleet.History.Add(new() { Kind = HistoryKind.Fault, Text = $"the portal {EndedByItself}" });
            fleet.Portal.Start();
        }
    }

    private void NoteEnd(Part part, int? silo = null)
    {
        if (part.OwnEnd is { } code && last.Scenario?.MayEnd(silo, last.Silo) != true)
        {
            ends.Add($"{part.Name} ended by itself (exit code {code})");
        }
    }

    /// <summary>A fault or its end that did not come about is a problem of the round, and the next one is tried all the same.</summary>
    private async Task TryAsync(Func<FleetUnderFault, Task> act, List<string> problems)
    {
        try
        {
            await act(fleet);
        }
        catch (InvalidOperationException failed)
        {
            problems.Add(failed.Message);
        }
    }

    /// <summary>Everything is well, so that a refusal can be written down.</summary>
    private async Task NoteDenialAsync(List<string> problems)
    {
        string? path = null;
        if (await Wait.UntilAsync(TimeSpan.FromSeconds(20), async () => (path = await fleet.Calls.BeDeniedAsync()).Length > 0))
        {
            fleet.History.Add(new() { Kind = HistoryKind.Denied, Text = path });
            return;
        }

        problems.Add("nobody was denied what a viewer may not do");
    }

    /// <summary>
    /// A campaign whose capture of the first process is in the phase, of which kind that is, and the state that it was seen in last. A heap snapshot is short, and a
    /// guard may refuse it: a trace takes its place at the last try.
    /// </summary>
    private async Task<(string? Campaign, CaptureKind? Kind, string Hit)> MeetAsync(Scenario scenario, Phase phase, CaptureKind drawn, List<string> problems)
    {
        if (phase == Phase.MidUpload)
        {
            fleet.AgentLinks[0].ToList().ForEach(link => link.State = new(BytesPerSecond: UploadBytesPerSecond));
        }

        string? campaign = null;
        var kind = drawn;
        for (var tries = 1; tries <= Tries; tries++)
        {
            kind = tries < Tries ? drawn : CaptureKind.Trace;
            campaign = await watch.CreateAsync(Ample, RecordingSeconds, scenario.OutlivedDeadline ?? CampaignWatch.Deadline + scenario.Hold, kind);
            if (campaign is null)
            {
                problems.Add($"no campaign was acknowledged within {Ample.TotalSeconds:0} s, and the fault met none");
                return (null, null, "idle");
            }

            if (await ReachAsync(campaign, phase))
            {
                return (campaign, kind, HitOf(campaign));
            }
        }

        problems.Add($"no capture was met in the phase {phase}: the last one was {HitOf(campaign!)}");
        return (campaign, kind, HitOf(campaign!));
    }

    private string HitOf(string campaign) => watch.Of(campaign, fleet.Targets[0]) is { } at ? $"{at.State} {at.Phase}" : "acknowledged";

    /// <summary>Waits until the capture of the first process is in the phase; false when it is past it or never comes to it.</summary>
    private async Task<bool> ReachAsync(string campaign, Phase phase)
    {
        var isIn = false;
        await Wait.UntilAsync(Ample, () =>
        {
            var target = watch.Of(campaign, fleet.Targets[0]);
            isIn = phase == Phase.Dispatch || IsIn(target, phase);
            return Task.FromResult(isIn || HistoryChecker.IsOver(target?.State));
        });
        return isIn;
    }

    /// <summary>The fault goes on: what it met is over all the same once its deadline has passed, and the other process of the service has its place.</summary>
    private async Task OutliveAsync(string campaign, TimeSpan deadline, List<string> problems)
    {
        if (!await watch.UntilOverAsync(campaign, deadline + OverdueLimit))
        {
            problems.Add($"campaign {campaign} was not over a minute after its deadline, while the fault went on");
            return;
        }

        var other = fleet.Targets.Last(target => target.Service == fleet.Targets[0].Service);
        if (await watch.CreateAsync(Ample, 1) is not { } next || !await Wait.UntilAsync(PlaceLimit, () => Task.FromResult(watch.Of(next, other) is { State: CaptureState.Ready })))
        {
            problems.Add($"process {other.Pid} of {other.Service} was not captured within {PlaceLimit.TotalSeconds:0} s of the end of a campaign that had outlived its deadline");
        }
    }

    /// <summary>Of a heap snapshot attaching is a part of the recording: its process is stopped and its heap walked before it answers that the session has begun.</summary>
    internal static bool IsIn(CampaignTarget? target, Phase phase) => phase switch
    {
        Phase.MidCapture => target is { State: CaptureState.Running, Phase: CapturePhase.Collecting or CapturePhase.Rundown } or { State: CaptureState.Running, Kind: CaptureKind.Gcdump, Phase: CapturePhase.Attaching },
        Phase.MidUpload => target is { State: CaptureState.Running, Phase: CapturePhase.Uploading },
        Phase.Finalise => target is { State: CaptureState.Analysing },
        _ => false,
    };

    /// <summary>Seconds until a campaign that begins now is complete on all hosts.</summary>
    private async Task<double?> RecoverAsync(long began, Scenario scenario, List<string> problems)
    {
        // A capture of an agent that never comes back holds its service's place for two minutes and its recording.
        var limit = scenario.Recovery > Ample ? scenario.Recovery : Ample;
        while (fleet.History.Now - began < limit.TotalMilliseconds)
        {
            if (await watch.CreateAsync(Ample, 1) is not { } campaign || !await watch.UntilOverAsync(campaign, OverLimit))
            {
                break;
            }

            await watch.FetchAsync(campaign);
            if (!watch.IsReady(campaign))
            {
                continue; // A capture that met the end of the fault; another one.
            }

            var seconds = (fleet.History.Now - began) / 1000.0;
            if (seconds > scenario.Recovery.TotalSeconds)
            {
                problems.Add($"captures flowed again after {seconds:0.0} s, which should have been {scenario.Recovery.TotalSeconds:0}");
            }

            return seconds;
        }

        problems.Add($"captures did not flow again within {limit.TotalSeconds:0} s");
        return null;
    }

    private async Task<string> EndAsync(string campaign, Scenario scenario, List<string> problems)
    {
        if (!await watch.UntilOverAsync(campaign, OverLimit))
        {
            problems.Add($"campaign {campaign} is not over a minute after its deadline");
        }

        await watch.FetchAsync(campaign);
        var ends = new List<string>();
        foreach (var target in fleet.Targets)
        {
            var end = watch.Of(campaign, target);
            ends.Add(end is null ? "unseen" : end.Failure == CaptureFailure.None ? $"{end.State}" : $"{end.State} {end.Failure}");
            if (end is { State: CaptureState.Ready } || (end is not null && (MayEndWith(scenario, target, end.Failure) || SnapshotEnds.IsRefusal(end.Kind, end.Failure))))
            {
                continue;
            }

            problems.Add($"the capture of process {target.Pid} of {target.Service} ended as {ends[^1]}: {end?.Detail}");
        }

        return string.Join(", ", ends);
    }

    /// <summary>Only the first process and its agent are hit. The service's other process may wait in vain for the place of a capture of which nobody hears.</summary>
    private bool MayEndWith(Scenario scenario, Target target, CaptureFailure failure) => target == fleet.Targets[0]
        ? scenario.MayFailWith.Contains(failure)
        : target.Service == fleet.Targets[0].Service && failure == CaptureFailure.Expired && scenario.MayFailWith.Contains(CaptureFailure.Expired);
}
