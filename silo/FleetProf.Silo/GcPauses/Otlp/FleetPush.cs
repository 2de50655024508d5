using OpenTelemetry.Proto.Collector.Metrics.V1;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>
/// Sends the fleet's metrics to a collector at every interval. Nothing is kept for a collector that is away: totals are cumulative, so that
/// the next request tells all that a dropped one would have told.
/// </summary>
internal sealed partial class FleetPush(FleetRequests requests, IOtlpCollector collector, OtlpTarget target, TimeProvider clock, Random random, ILogger<FleetPush> logger) : BackgroundService
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Requests that were dropped since the last one that went well.</summary>
    private long dropped;
    private string told = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStarted(target.Endpoint, target.IsGrpc ? "grpc" : "http/protobuf", target.Interval);
        using var timer = new PeriodicTimer(target.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SendAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was counted since the last time would be lost: counters begin anew with the next start.
            using var end = new CancellationTokenSource(Farewell, clock);
            await SayLastAsync(end.Token);
        }
    }

    /// <summary>Sends everything as it is now; gives up in time for the next interval.</summary>
    internal async Task SendAsync(CancellationToken cancellationToken)
    {
        var end = clock.GetUtcNow() + target.Interval;
        foreach (var request in requests.Create())
        {
            var answer = await SendUntilAsync(request, end, cancellationToken);
            Judge(answer);
        }
    }

    private async Task SayLastAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var request in requests.Create())
            {
                Judge(await collector.SendAsync(request, cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody waits longer for a collector than for the silo's end.
        }
    }

    private async Task<OtlpAnswer> SendUntilAsync(ExportMetricsServiceRequest request, DateTimeOffset end, CancellationToken cancellationToken)
    {
        for (var limit = FirstWait; ; limit = limit * 2 < LongestWait ? limit * 2 : LongestWait)
        {
            var answer = await collector.SendAsync(request, cancellationToken);
            if (!answer.MayRepeat)
            {
                return answer;
            }

            // Silos that lost a collector together do not come back together.
            var wait = answer.Wait is { } asked && asked > TimeSpan.Zero ? asked : limit * random.NextDouble();
            Tell(answer.Reason);
            if (clock.GetUtcNow() + wait >= end)
            {
                return answer;
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private void Judge(OtlpAnswer answer)
    {
        if (!answer.IsTaken)
        {
            dropped++;
            OtlpInstruments.Dropped();
            Tell(answer.Reason);
            return;
        }

        OtlpInstruments.Sent(answer.RejectedPoints);
        if (answer.RejectedPoints > 0 || answer.Reason.Length > 0)
        {
            if (told.Length == 0)
            {
                told = answer.Reason;
                LogRejected(target.Endpoint, answer.RejectedPoints, answer.Reason);
            }
        }
        else if (told.Length > 0)
        {
            LogWorks(target.Endpoint, dropped);
            (told, dropped) = ("", 0);
        }
    }

    /// <summary>One line when it stops working, not one per try.</summary>
    private void Tell(string reason)
    {
        if (told.Length == 0)
        {
            told = reason.Length > 0 ? reason : "no reason was given";
            LogFails(target.Endpoint, told);
        }
    }

    public override void Dispose()
    {
        collector.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Metrics of the fleet go to {Endpoint} ({Protocol}) every {Interval}")]
    private partial void LogStarted(Uri endpoint, string protocol, TimeSpan interval);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Metrics of the fleet do not reach {Endpoint}: {Reason}. It is tried again at every interval; what is missed shows in fleetprof.otlp.requests")]
    private partial void LogFails(Uri endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The collector at {Endpoint} does not want {Count} of the fleet's points: {Reason}")]
    private partial void LogRejected(Uri endpoint, long count, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Metrics of the fleet reach {Endpoint} again; {Count} requests were dropped meanwhile")]
    private partial void LogWorks(Uri endpoint, long count);
}
