using System.Collections.Concurrent;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Faults.Checking;
using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;

namespace FleetProf.Faults.Scenarios;

/// <summary>A client that starts campaigns and looks at them until they are over. What it asks, is answered and sees is the history.</summary>
internal sealed class CampaignWatch(FleetUnderFault fleet) : IAsyncDisposable
{
    /// <summary>As the audit log names them.</summary>
    public const string Create = "campaign.create";
    public const string Download = "artifact.download";
    public const string Read = "artifact.read";

    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private const int FetchesAtOnce = 4;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, bool> open = new();
    private readonly ConcurrentDictionary<string, CampaignTarget> seen = new();
    private readonly ConcurrentDictionary<string, bool> removed = new();
    private readonly CancellationTokenSource stop = new();
    private Task looking = Task.CompletedTask;

    public void Start() => looking = LookAsync();

    /// <summary>Every process could be drawn now. One whose agent is just attaching is listed as running already, and would be missing in a campaign.</summary>
    public async Task<bool> CanDrawAllAsync() => await fleet.Calls.CandidatesAsync(SpecOf(CaptureKind.Trace, 1, Deadline)) == fleet.Targets.Length;

    /// <summary>Asks with the same key until it is acknowledged. Null when nobody answered in time.</summary>
    /// <param name="limit">How long is asked.</param>
    /// <param name="seconds">Of the recording.</param>
    /// <param name="over">When it must be over, counted from its creation; null: <see cref="Deadline"/>.</param>
    /// <param name="kind">Of its captures: a trace, or a heap snapshot.</param>
    public async Task<string?> CreateAsync(TimeSpan limit, int seconds, TimeSpan? over = null, CaptureKind kind = CaptureKind.Trace)
    {
        var deadline = over ?? Deadline;
        var spec = SpecOf(kind, seconds, deadline);
        var began = fleet.History.Now;
        while (true)
        {
            // A refusal is remembered with its key, so that each try that was refused needs another.
            var key = Guid.NewGuid().ToString("n");
            for (var answered = false; !answered;)
            {
                fleet.History.Add(new() { Kind = HistoryKind.Invoked, Operation = Create, Text = key });
                var (campaign, text) = await fleet.Calls.CreateAsync(spec, key);
                if (campaign is not null)
                {
                    fleet.History.Add(new()
                    {
                        Kind = HistoryKind.Acknowledged, Operation = Create, Campaign = campaign, CaptureKind = kind, DeadlineMs = (long)deadline.TotalMilliseconds,
                        RecordingMs = kind == CaptureKind.Gcdump ? 0 : seconds * 1_000,
                    });
                    open[campaign] = true;
                    return campaign;
                }

                fleet.History.Add(new() { Kind = HistoryKind.Unanswered, Operation = Create, Text = text.Length > 300 ? text[..300] : text });
                answered = text.Contains(HistoryChecker.NothingToDraw, StringComparison.Ordinal);
                if (fleet.History.Now - began > limit.TotalMilliseconds)
                {
                    return null;
                }

                await Task.Delay(RepeatAfter);
            }
        }
    }

    /// <summary>What was seen last of the capture of a process, as that was when it was last found to be watched.</summary>
    public CampaignTarget? Of(string campaign, Target target) => CapturesOf(campaign).FirstOrDefault(capture => capture.InstanceId == target.InstanceId);

    public Task<bool> UntilOverAsync(string campaign, TimeSpan limit) => Wait.UntilAsync(limit, () => Task.FromResult(!open.ContainsKey(campaign)));

    /// <summary>Every process was captured.</summary>
    public bool IsReady(string campaign) => CapturesOf(campaign).ToList() is var captures && captures.Count == fleet.Targets.Length && captures.All(capture => capture.State == CaptureState.Ready);

    /// <summary>Fetches every original of a campaign.</summary>
    public async Task FetchAsync(string campaign)
    {
        foreach (var capture in CapturesOf(campaign).Where(capture => capture.State == CaptureState.Ready && !removed.ContainsKey(capture.CaptureId)))
        {
            await FetchAsync(campaign, capture.CaptureId);
        }
    }

    /// <summary>However long it has been over: looks at every capture of these campaigns once more, fetches every original once more, and reads each campaign's results.</summary>
    public async Task LookAgainAsync(IReadOnlyCollection<string> campaigns)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = FetchesAtOnce };
        await Parallel.ForEachAsync(campaigns, limits, async (campaign, _) => await Wait.UntilAsync(AnswerLimit, () => LookAgainAsync(campaign)));
        await Parallel.ForEachAsync(campaigns, limits, async (campaign, _) => await FetchAsync(campaign));
        await Parallel.ForEachAsync(campaigns, limits, async (campaign, _) => await ReadAsync(campaign));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await looking;
        stop.Dispose();
    }

    private static CampaignSpec SpecOf(CaptureKind kind, int seconds, TimeSpan deadline) => new()
    {
        Name = "faults", Selector = new() { Services = [.. Enumerable.Range(0, FleetUnderFault.Agents).Select(FleetUnderFault.ServiceOf)] }, Kinds = [kind],
        SampleSize = FleetUnderFault.Agents, DurationSeconds = seconds, Deadline = deadline,
    };

    private IEnumerable<CampaignTarget> CapturesOf(string campaign) => seen.Values.Where(capture => CaptureId.CampaignOf(capture.CaptureId) == campaign);

    private async Task FetchAsync(string campaign, string capture)
    {
        string? sha = null;
        await Wait.UntilAsync(AnswerLimit, async () =>
        {
            sha = await fleet.Calls.DownloadedShaAsync(capture);
            return sha.Length > 0;
        });
        if (sha is { Length: > 0 })
        {
            fleet.History.Add(new() { Kind = HistoryKind.Acknowledged, Operation = Download, Capture = capture, Text = $"{capture}/original.nettrace" });
        }

        if (sha is not null)
        {
            fleet.History.Add(new() { Kind = HistoryKind.Stored, Campaign = campaign, Capture = capture, Sha256 = sha });
        }
    }

    /// <summary>Once only: what is read again within a minute has no other row.</summary>
    private async Task ReadAsync(string campaign)
    {
        var isRead = false;
        await Wait.UntilAsync(AnswerLimit, async () =>
        {
            isRead = await fleet.Calls.ReadEstimatesAsync(campaign, TableOf(CapturesOf(campaign).FirstOrDefault()?.Kind));
            return true;
        });
        if (isRead)
        {
            fleet.History.Add(new() { Kind = HistoryKind.Acknowledged, Operation = Read, Text = campaign });
        }
    }

    internal static string TableOf(CaptureKind? kind) => kind == CaptureKind.Gcdump ? "heapTypes" : "cpuMethods";

    private async Task LookAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var campaign in open.Keys)
            {
                try
                {
                    await LookAsync(campaign);
                }
                catch (Exception away) when (Wait.IsAway(away))
                {
                    // Nobody is there to ask.
                }
            }

            await Task.Delay(Look);
        }
    }

    private async Task LookAsync(string id)
    {
        if (await fleet.Calls.CampaignAsync(id) is not { } campaign)
        {
            NoteMissing(id);
            return;
        }

        foreach (var target in campaign.Targets)
        {
            if (seen.TryGetValue(target.CaptureId, out var before) && (before.State, before.Phase, before.Failure, before.Attempt) == (target.State, target.Phase, target.Failure, target.Attempt))
            {
                continue;
            }

            // The row has what the campaign does not tell: the hash, and when it ended.
            var row = HistoryChecker.IsOver(target.State) ? await fleet.Calls.CaptureAsync(target.CaptureId) : null;
            if (row is not null && row.State != target.State)
            {
                continue; // It follows in a moment.
            }

            Note(id, campaign.Targets.Count, target, row);
        }

        if (campaign.State >= CampaignState.Completed && campaign.Targets.All(target => HistoryChecker.IsOver(target.State) && seen.TryGetValue(target.CaptureId, out var last) && last.State == target.State))
        {
            open.TryRemove(id, out _);
        }
    }

    /// <summary>A capture that has no row now is noted as it is: nothing follows any more.</summary>
    private async Task<bool> LookAgainAsync(string id)
    {
        if (await fleet.Calls.CampaignAsync(id) is not { } campaign)
        {
            NoteMissing(id);
            return true;
        }

        var rows = new List<Capture?>();
        foreach (var target in campaign.Targets)
        {
            rows.Add(await fleet.Calls.CaptureAsync(target.CaptureId));
        }

        // Everything was answered; a try that was not leaves no half of a look behind.
        foreach (var (target, row) in campaign.Targets.Zip(rows))
        {
            if (AgainstRow(target, row) is { } said)
            {
                Note(id, campaign.Targets.Count, said, null);
            }

            Note(id, campaign.Targets.Count, row is null ? target : target with { State = row.State, Failure = row.Failure, Attempt = row.Attempt }, row);
        }

        fleet.History.Add(new() { Kind = HistoryKind.Looked, Campaign = id, CampaignState = campaign.State, Count = rows.Count(row => row is not null) });
        return true;
    }

    /// <summary>What a campaign itself says of its capture at the end, where its row says something else: neither may hide the other. Null: they agree, or there is no row.</summary>
    internal static CampaignTarget? AgainstRow(CampaignTarget target, Capture? row) => row is null || (row.State, row.Failure) == (target.State, target.Failure) ? null : target;

    private void NoteMissing(string campaign)
    {
        fleet.History.Add(new() { Kind = HistoryKind.Missing, Campaign = campaign });
        open.TryRemove(campaign, out _);
    }

    private void Note(string campaign, int captures, CampaignTarget target, Capture? row)
    {
        fleet.History.Add(new()
        {
            Kind = HistoryKind.Observed, Operation = row?.RemovedAt is null ? null : HistoryChecker.Removed, Campaign = campaign, Capture = target.CaptureId, Service = target.Service, Attempt = target.Attempt, State = target.State, Phase = target.Phase,
            Failure = target.Failure == CaptureFailure.None ? null : target.Failure, Text = target.Detail, Sha256 = row?.Sha256, EndedAt = fleet.History.Of(row?.EndedAt), Count = captures,
            RecordingMs = row is { Kind: CaptureKind.Gcdump, StallMs: > 0 } ? (long)row.StallMs : null,
        });
        seen[target.CaptureId] = target;
        if (row?.RemovedAt is not null)
        {
            removed[target.CaptureId] = true;
        }
    }
}
