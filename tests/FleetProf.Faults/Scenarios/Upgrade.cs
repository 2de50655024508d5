using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>
/// A fleet of an older build becomes one of this build, part by part and in the order of docs/guides/scale-out.md; then one silo goes back for a while. In each
/// step all watched processes are captured, and the flame graph of every capture so far comes, the same as at first. The second agent stays an older one.
/// </summary>
/// <param name="fleet">Of the older build.</param>
/// <param name="watch">Of this fleet, and started.</param>
/// <param name="run">Looks for everything once more at the end.</param>
/// <param name="output">Gets a line for each step.</param>
internal sealed class Upgrade(FleetUnderFault fleet, CampaignWatch watch, Run run, TextWriter output)
{
    private const int RecordingSeconds = 3;

    /// <summary>Of captures during which a silo is replaced: the service with two processes has them one after the other.</summary>
    private const int LongRecordingSeconds = 10;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OverLimit = CampaignWatch.Deadline + TimeSpan.FromSeconds(75);

    private readonly Build older = fleet.Portal.Build;
    private readonly Round round = new(fleet, watch);
    private readonly Dictionary<string, string> flames = new(StringComparer.Ordinal);
    private int passed;
    private int failed;

    /// <summary>Every step, also after one that failed. How many failed.</summary>
    public async Task<int> RunAsync()
    {
        await StepAsync("older silos, portal and agents", CaptureAsync);
        await StepAsync("tables of this version under older silos", MigrateAsync);
        await StepAsync("first silo of this version beside an older one", () => ReplaceSiloAsync(0, Build.Own, isMixed: true));
        await StepAsync("both silos of this version", () => ReplaceSiloAsync(1, Build.Own));
        await StepAsync("portal of this version", ReplacePortalAsync);
        await StepAsync("first agent of this version, with the older one's state", ReplaceAgentAsync);
        await StepAsync("first silo back to the older version", () => ReplaceSiloAsync(0, older, isMixed: true));
        await StepAsync("first silo of this version again", () => ReplaceSiloAsync(0, Build.Own));
        await StepAsync("everything is there at the end", FinishAsync);
        Print($"upgrade: {passed} steps passed, {failed} failed");
        return failed;
    }

    private async Task StepAsync(string name, Func<Task<string>> takeAsync)
    {
        var since = fleet.History.Now;
        var began = Stopwatch.GetTimestamp();
        try
        {
            var note = await takeAsync();
            if (fleet.History.Events.FirstOrDefault(line => line.At >= since && line.Text?.EndsWith(Round.EndedByItself, StringComparison.Ordinal) == true) is { } ended)
            {
                throw new InvalidOperationException(ended.Text);
            }

            passed++;
            Print(string.Create(CultureInfo.InvariantCulture, $"upgrade: {name}: passed in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, {note}"));
        }
        catch (Exception problem) when (problem is InvalidOperationException or JsonException or KeyNotFoundException || Wait.IsAway(problem))
        {
            failed++;
            Print(string.Create(CultureInfo.InvariantCulture, $"upgrade: {name}: FAILED after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {problem.Message}"));
            Print($"         what the processes said: {fleet.KeepWhatWasSaid()}");
        }
    }

    private async Task<string> MigrateAsync()
    {
        if (await fleet.MigrateAsync() is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        return await CaptureAsync();
    }

    /// <summary>While something is recorded, which is not lost by it.</summary>
    private async Task<string> ReplaceSiloAsync(int silo, Build build, bool isMixed = false)
    {
        var underWay = await CreateAsync(LongRecordingSeconds);
        await UntilAsync("something is recorded", () => fleet.History.Events.Any(line => line.Campaign == underWay && line.Phase == CapturePhase.Collecting));
        await ReplaceAsync(fleet.SiloParts[silo], build, () => fleet.StartSiloAsync(silo));
        await UntilReadyAsync(underWay);
        try
        {
            if (isMixed)
            {
                await PartAgentsAsync();
            }

            return await CaptureAsync();
        }
        finally
        {
            fleet.AgentLinks.SelectMany(links => links).ToList().ForEach(link => link.State = LinkState.Well);
        }
    }

    private async Task<string> ReplacePortalAsync()
    {
        await ReplaceAsync(fleet.Portal, Build.Own, fleet.StartPortalAsync);
        return await CaptureAsync();
    }

    private async Task<string> ReplaceAgentAsync()
    {
        var agent = fleet.AgentParts[0];
        await ReplaceAsync(agent, Build.Own, () =>
        {
            fleet.History.Add(new() { Kind = HistoryKind.AgentGone, Agent = agent.Name });
            agent.Start();
            return Task.CompletedTask;
        });
        return await CaptureAsync();
    }

    /// <summary>How an older build ends cannot be mended any more: it may end otherwise than well, but must end by itself.</summary>
    private static Task ReplaceAsync(Part part, Build build, Func<Task> startAsync)
    {
        var wasOlder = part.Build != Build.Own;
        return part.RestartAsync(
            () =>
            {
                part.Build = build;
                return startAsync();
            },
            mayBeEnding: wasOlder);
    }

    /// <summary>Each agent reaches the silo of its own number alone, so that either silo has one.</summary>
    private async Task PartAgentsAsync()
    {
        foreach (var link in fleet.AgentLinks.SelectMany((links, agent) => links.Where((_, silo) => silo != agent)))
        {
            link.State = new(IsDead: true);
            link.Cut();
        }

        await UntilAsync("each silo has an agent", () => fleet.AgentLinks.Select((links, agent) => links[agent]).All(link => link.Connections > 0));
    }

    private async Task<string> CaptureAsync()
    {
        if (!await round.SettleAsync())
        {
            throw new InvalidOperationException("the fleet was not well within two minutes");
        }

        await UntilReadyAsync(await CreateAsync(RecordingSeconds));
        await round.NoteSessionsAsync();
        return await ReadFlamesAsync();
    }

    private async Task<string> CreateAsync(int seconds) =>
        await watch.CreateAsync(FleetUnderFault.Ample, seconds) ?? throw new InvalidOperationException("no campaign was acknowledged within two minutes");

    private async Task UntilReadyAsync(string campaign)
    {
        var isOver = await watch.UntilOverAsync(campaign, OverLimit);
        await watch.FetchAsync(campaign);
        if (!isOver || !watch.IsReady(campaign))
        {
            var ends = fleet.History.Events.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null } && line.Campaign == campaign).GroupBy(line => line.Capture)
                .Select(lines => $"{lines.Key} is {lines.Last().State} {lines.Last().Phase} {lines.Last().Failure} {lines.Last().Text}".TrimEnd());
            throw new InvalidOperationException($"campaign {campaign} was not captured as a whole: {string.Join("; ", ends)}");
        }
    }

    private async Task<string> ReadFlamesAsync()
    {
        var captures = fleet.History.Events.Where(line => line is { Kind: HistoryKind.Observed, Capture: not null, State: CaptureState.Ready }).Select(line => line.Capture!).Distinct().ToList();
        foreach (var capture in captures)
        {
            string? came = null;
            if (!await Wait.UntilAsync(AnswerLimit, async () => (came = await fleet.Calls.FlameAsync(capture)) is not null))
            {
                throw new InvalidOperationException($"the flame graph of {capture} does not come");
            }

            if (NamesIn(came!) == 0 || flames.GetValueOrDefault(capture, came!) != came)
            {
                throw new InvalidOperationException($"the flame graph of {capture} is empty, or another than before");
            }

            flames[capture] = came!;
        }

        return $"{captures.Count} flame graphs";
    }

    /// <summary>The first is that of the whole.</summary>
    private static int NamesIn(string flame) => JsonDocument.Parse(flame).RootElement.GetProperty("names").GetArrayLength();

    private async Task<string> FinishAsync()
    {
        var problems = await run.FinishAsync();
        if (problems > 0)
        {
            throw new InvalidOperationException($"{problems} violations and problems, which are named above");
        }

        return flames.Values.Any(flame => NamesIn(flame) > 1) ? "and the audit log is whole" : throw new InvalidOperationException("no flame graph has a frame");
    }

    private async Task UntilAsync(string wish, Func<bool> ask)
    {
        if (!await Wait.UntilAsync(FleetUnderFault.Ample, () => Task.FromResult(ask())))
        {
            throw new InvalidOperationException($"{wish}: not within two minutes");
        }
    }

    private void Print(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
