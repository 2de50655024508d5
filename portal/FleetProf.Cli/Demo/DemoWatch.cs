using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Cli.Demo;

/// <summary>Looks through the REST interface like any user, and tells what appears for the first time.</summary>
internal sealed class DemoWatch(ServerConnection server, DemoNames names, DemoClock clock, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    private readonly HashSet<string> _told = [];
    private TimeSpan _lastLine;

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (CommandFailedException)
            {
                // The portal is being restarted; the supervision has said so.
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var instances = await server.GetAsync<IReadOnlyList<Instance>>("api/v1/instances?limit=1000", cancellationToken);
        var own = instances.Where(instance => names.Services.Contains(instance.Service)).ToList();
        TellOnce("instances", own.Count >= 4, () => $"{own.Count} instances of {own.Select(instance => instance.Service).Distinct().Count()} services are visible");
        var paused = own.FirstOrDefault(instance => instance.Vitals is { GcCount: > 0, LastPauseMs: > 0 });
        TellOnce("pause", paused is not null, () => $"the first GC pause is visible: {NameOf(paused!)}, {Human.Milliseconds(paused!.Vitals!.LastPauseMs)}");
        foreach (var campaign in await server.GetAsync<IReadOnlyList<CampaignRow>>("api/v1/campaigns", cancellationToken))
        {
            TellOnce($"campaign {campaign.CampaignId}", campaign.State >= CampaignState.Completed, () =>
                $"campaign {campaign.CampaignId} is {CliJson.NameOf(campaign.State)}: {campaign.ReadyCount} of {campaign.ReadyCount + campaign.FailedCount} captures are recorded and analysed");
        }

        foreach (var comparison in await server.GetAsync<IReadOnlyList<Comparison>>($"api/v1/comparisons?service={QueryPath.Segment(names.Checkout)}", cancellationToken))
        {
            var pair = $"{names.Checkout} {comparison.Baseline.Version} against {comparison.Candidate.Version}";
            TellOnce($"due {comparison.ComparisonId}", true, () => $"a comparison of {pair} is due at {comparison.DueAt.ToLocalTime():HH:mm:ss}");
            TellOnce($"decided {comparison.ComparisonId}", comparison.Verdict != ComparisonVerdict.Pending, () =>
                $"{pair}: {CliJson.NameOf(comparison.Verdict).ToUpperInvariant()}. {comparison.Sentence}");
        }

        if (clock.Elapsed - _lastLine > Quiet)
        {
            var longest = own.MaxBy(instance => instance.Vitals?.MaxPauseMs ?? 0);
            Tell($"{own.Count} instances, {Human.Of(own.Sum(instance => instance.Vitals?.GcCount ?? 0))} GCs, longest pause of the last minute: "
                + (longest?.Vitals is { } vitals ? $"{Human.Milliseconds(vitals.MaxPauseMs)} ({NameOf(longest)})" : "none"));
        }
    }

    private void TellOnce(string key, bool isSo, Func<string> text)
    {
        if (isSo && _told.Add(key))
        {
            Tell(text());
        }
    }

    private void Tell(string text)
    {
        _lastLine = clock.Elapsed;
        clock.Tell(text);
    }

    private static string NameOf(Instance instance) => instance.ServiceInstance is { Length: > 0 } name ? name : instance.Service;
}
