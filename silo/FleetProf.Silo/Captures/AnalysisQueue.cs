using System.Collections.Concurrent;
using System.Threading.Channels;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>
/// Analyses uploaded artifacts, a bounded number at once, and tells their campaigns. Its memory is the table: an artifact
/// whose outcome was not reported comes back after any end of the silo, and working on one twice changes nothing. It is looked at once in a while: whoever
/// stored an artifact, and did not hear that it was kept, has put nothing in line.
/// </summary>
internal sealed partial class AnalysisQueue(
    ArtifactTable table,
    ArtifactStore store,
    ArtifactAnalysis analysis,
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    IOptions<CaptureOptions> options,
    TimeProvider clock,
    ILogger<AnalysisQueue> logger) : BackgroundService
{
    /// <summary>Between two looks at the table.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly Channel<string> waiting = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, bool> running = [];

    /// <summary>In line, under analysis or put off: a look at the table must neither double it nor shorten its wait.</summary>
    private readonly ConcurrentDictionary<string, bool> known = [];

    /// <summary>The wait before the next try, of what was put off.</summary>
    private readonly ConcurrentDictionary<string, TimeSpan> waits = [];

    /// <summary>Puts a durable artifact in line. Repeating it does no harm.</summary>
    public void Enqueue(string captureId)
    {
        known[captureId] = true;
        CaptureInstruments.Queued(1);
        waiting.Writer.TryWrite(captureId);
    }

    /// <summary>Silos are gone: what they took and did not finish is this silo's.</summary>
    public async Task TakeOverAsync(IReadOnlyCollection<string> living, CancellationToken cancellationToken)
    {
        // What it returns is not enough: an earlier try may have made them this silo's already, and not have heard of it.
        await table.TakeOverAsync(living, cancellationToken);
        await EnqueueUnknownAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Campaigns can be told only once the silo takes calls.
            await lifetime.StartedAsync(stoppingToken);

            // Beside the analyses: it asks for every key of the store, and one that hangs must not keep recordings waiting.
            var rewrapping = RewrapAsync(stoppingToken);
            while (!await TakeUpAsync(stoppingToken))
            {
                await Task.Delay(options.Value.RetryDelay, clock, stoppingToken);
            }

            await Task.WhenAll(Enumerable.Range(0, options.Value.AnalyzerParallelism).Select(_ => WorkAsync(stoppingToken)).Append(rewrapping).Append(LookAgainAsync(stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was under way is still pending in the table.
        }
    }

    /// <summary>Puts what earlier starts left in line. False when the database or the disk did not let it: an exception from here would end the silo.</summary>
    private async Task<bool> TakeUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            store.RemoveLeftovers();
            await analysis.PrepareAsync(stoppingToken);
            await EnqueueUnknownAsync(stoppingToken);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotTakenUp(exception, options.Value.RetryDelay);
            return false;
        }
    }

    private async Task EnqueueUnknownAsync(CancellationToken cancellationToken) =>
        (await table.ListUnfinishedAsync(cancellationToken)).Where(captureId => !known.ContainsKey(captureId)).ToList().ForEach(Enqueue);

    private async Task LookAgainAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await EnqueueUnknownAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A database that is away is told by everybody who needs it.
                LogNotLooked(exception.Message);
            }
        }
    }

    /// <summary>Until the store has let it through once. Repeating it does no harm: what is wrapped by the current key is left.</summary>
    private async Task RewrapAsync(CancellationToken stoppingToken)
    {
        for (var wait = options.Value.RetryDelay; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                var (rewrapped, unreadable) = await Task.Run(() => store.RewrapAsync(stoppingToken), stoppingToken);
                if (rewrapped > 0 || unreadable > 0)
                {
                    LogRewrapped(rewrapped, unreadable);
                }

                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRewrapped(exception, wait);
            }

            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        await foreach (var captureId in waiting.Reader.ReadAllAsync(stoppingToken))
        {
            CaptureInstruments.Queued(-1);
            if (!running.TryAdd(captureId, true))
            {
                _ = EnqueueLaterAsync(captureId, options.Value.RetryDelay, stoppingToken);
                continue;
            }

            try
            {
                await FinishAsync(captureId, stoppingToken);
                waits.TryRemove(captureId, out _);
                known.TryRemove(captureId, out _);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing that the artifact did: a full disk, a campaign that cannot be reached, a missing analyzer. It may last, and a try may be a whole analysis.
                var wait = waits.AddOrUpdate(captureId, _ => options.Value.RetryDelay, (_, last) => last * 2 < LongestWait ? last * 2 : LongestWait);
                LogPostponed(exception, captureId, wait);
                _ = EnqueueLaterAsync(captureId, wait, stoppingToken);
            }
            finally
            {
                running.TryRemove(captureId, out _);
            }
        }
    }

    private async Task FinishAsync(string captureId, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(captureId, cancellationToken) is not { IsReported: false } artifact)
        {
            return;
        }

        if (artifact.State == ArtifactState.Pending)
        {
            await ShowProgressAsync(artifact);
            if (await analysis.RunAsync(artifact, cancellationToken) is not { } finished)
            {
                return;
            }

            artifact = finished;
        }

        await CampaignOf(artifact).ReportAnalysisAsync(ArtifactAnalysis.ReportOf(artifact));
        await table.MarkReportedAsync(captureId, artifact.Attempt, cancellationToken);
    }

    private ICampaignGrain CampaignOf(Artifact artifact) => grains.GetGrain<ICampaignGrain>(artifact.CampaignId);

    private async Task ShowProgressAsync(Artifact artifact)
    {
        try
        {
            await CampaignOf(artifact).ReportProgressAsync(new CaptureProgressReport
            {
                CaptureId = artifact.CaptureId,
                Attempt = artifact.Attempt,
                Phase = CapturePhase.Analysing,
                Bytes = artifact.SizeBytes,
            });
        }
        catch (Exception exception)
        {
            // Only a display; the outcome is what must arrive.
            LogProgressLost(exception, artifact.CaptureId);
        }
    }

    private async Task EnqueueLaterAsync(string captureId, TimeSpan wait, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(wait, clock, stoppingToken);
            Enqueue(captureId);
        }
        catch (OperationCanceledException)
        {
            // The next start lists it again.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Analysis of {CaptureId} could not be finished and is tried again in {Delay}")]
    private partial void LogPostponed(Exception exception, string captureId, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error, Message = "Artifacts of earlier starts could not be taken up; the next try is in {Delay}, and nothing is analysed before it works")]
    private partial void LogNotTakenUp(Exception exception, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Artifacts that wait for their analysis could not be listed: {Reason}")]
    private partial void LogNotLooked(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The keys of {Count} stored artifacts are now wrapped by the current artifact key; {Unreadable} cannot be unwrapped by any key of the file")]
    private partial void LogRewrapped(int count, int unreadable);

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys of stored artifacts could not all be looked at and are again in {Delay}; a former artifact key stays needed until then")]
    private partial void LogNotRewrapped(Exception exception, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The campaign of {CaptureId} did not take the progress")]
    private partial void LogProgressLost(Exception exception, string captureId);
}
