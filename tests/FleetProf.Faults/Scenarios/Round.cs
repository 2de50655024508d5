using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>One fault in one phase: everything is well, a campaign runs, something breaks and is mended, and everything must be well again.</summary>
internal sealed class Round(FleetUnderFault fleet, CampaignWatch watch)
{
    private const int UploadBytesPerSecond = 60_000;
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OverLimit = CampaignWatch.Deadline + TimeSpan.FromSeconds(75);

    public async Task<RoundResult> RunAsync(Scenario scenario, Phase phase)
    {
        var problems = new List<string>();
        if (!await SettleAsync())
        {
            problems.Add("the fleet was not well before the fault");
        }

        await (scenario.PrepareAsync?.Invoke(fleet) ?? Task.CompletedTask);
        if (scenario.PrepareAsync is not null)
        {
            await SettleAsync();
        }

        var campaign = phase == Phase.Idle ? null : await watch.CreateAsync(Ample, 2, outage: scenario.Hold);
        var hit = campaign is null ? "idle" : await ReachAsync(campaign, phase);
        fleet.History.Add(new() { Kind = HistoryKind.Fault, Campaign = campaign, Text = $"{scenario.Name} in {phase}: {hit}" });
        var began = fleet.History.Now;
        await scenario.BeginAsync(fleet);
        await Task.Delay(scenario.Hold);
        var recovery = scenario.IsSurvived ? await RecoverAsync(began, scenario, problems) : null;
        await scenario.EndAsync(fleet);
        fleet.AgentLinks.SelectMany(links => links).ToList().ForEach(link => link.State = LinkState.Well);
        fleet.History.Add(new() { Kind = HistoryKind.Healed, Text = scenario.Name });
        recovery ??= await RecoverAsync(fleet.History.Now, scenario, problems);
        var outcome = campaign is null ? "" : await EndAsync(campaign, scenario, problems);
        await (scenario.CleanUpAsync?.Invoke(fleet) ?? Task.CompletedTask);
        if (!await SettleAsync())
        {
            problems.Add("the fleet was not well again within two minutes");
        }

        await NoteSessionsAsync();
        return new(scenario, phase, hit, outcome, recovery, problems);
    }

    /// <summary>Everything runs, knows of each other, and targets have one session each. What died of a fault is started again, as a service manager does.</summary>
    public async Task<bool> SettleAsync()
    {
        await StartWhatEndedAsync();
        return await Wait.UntilAsync(Ample, async () =>
        {
            await StartWhatEndedAsync();
            for (var agent = 0; agent < FleetUnderFault.Agents; agent++)
            {
                if (fleet.Targets[agent].Sessions != 1 || !await fleet.Calls.IsWatchedAsync(FleetUnderFault.ServiceOf(agent)))
                {
                    return false;
                }
            }

            return await fleet.IsReadyAsync(0) && await fleet.IsReadyAsync(1);
        });
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
                fleet.History.Add(new() { Kind = HistoryKind.Fault, Text = $"silo{silo} ended by itself and is started again" });
                await fleet.StartSiloAsync(silo);
            }
        }

        foreach (var agent in fleet.AgentParts.Where(agent => !agent.IsRunning))
        {
            fleet.History.Add(new() { Kind = HistoryKind.AgentGone, Agent = agent.Name, Text = "it ended by itself and is started again" });
            agent.Start();
        }

        if (!fleet.Portal.IsRunning)
        {
            fleet.History.Add(new() { Kind = HistoryKind.Fault, Text = "the portal ended by itself and is started again" });
            fleet.Portal.Start();
        }
    }

    /// <summary>Waits until the capture of the first service is as far as wished, or over; how far it was.</summary>
    private async Task<string> ReachAsync(string campaign, Phase phase)
    {
        if (phase == Phase.MidUpload)
        {
            fleet.AgentLinks[0].ToList().ForEach(link => link.State = new(BytesPerSecond: UploadBytesPerSecond));
        }

        await Wait.UntilAsync(Ample, () => Task.FromResult(phase == Phase.Dispatch || IsReached(watch.Of(campaign, FleetUnderFault.ServiceOf(0)), phase)));
        return watch.Of(campaign, FleetUnderFault.ServiceOf(0)) is { } at ? $"{at.State} {at.Phase}" : "acknowledged";
    }

    private static bool IsReached(CampaignTarget? target, Phase phase) => target is not null && (target.State >= CaptureState.Analysing || phase switch
    {
        Phase.MidCapture => target.Phase >= CapturePhase.Collecting,
        Phase.MidUpload => target.Phase >= CapturePhase.Uploading,
        _ => false,
    });

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
        for (var agent = 0; agent < FleetUnderFault.Agents; agent++)
        {
            var end = watch.Of(campaign, FleetUnderFault.ServiceOf(agent));
            ends.Add(end is null ? "unseen" : end.Failure == CaptureFailure.None ? $"{end.State}" : $"{end.State} {end.Failure}");
            if (end is { State: CaptureState.Ready } || (agent == 0 && end is not null && scenario.MayFailWith.Contains(end.Failure)))
            {
                continue;
            }

            problems.Add($"the capture of {FleetUnderFault.ServiceOf(agent)} ended as {ends[^1]}: {end?.Detail}");
        }

        return string.Join(", ", ends);
    }
}
