using FleetProf.Agent.Access;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Collectors.Go;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Hosting;

/// <summary>
/// Runs the parts of the agent, and stops them in the order that leaves nothing behind in a target and loses nothing: discovery,
/// then captures and vitals (their sessions end and are drained), then the spool, then the session to the silo.
/// </summary>
internal sealed partial class AgentRun(
    ProcessScan scan, CaptureDesk desk, VitalsCollector vitals, GoCollector go, VitalsSpool spool, ControlLoop control, CertificateRenewal renewal, PartsWatch watch, ILogger<AgentRun> logger) : BackgroundService
{
    /// <summary>A session that does not end by then is ended by the end of this process.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopCollecting = new CancellationTokenSource();
        using var stopScanning = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var stopSending = new CancellationTokenSource();
        var scanning = scan.RunAsync(stopScanning.Token);
        Task[] collecting = [desk.RunAsync(stopCollecting.Token), vitals.RunAsync(stopCollecting.Token), go.RunAsync(stopCollecting.Token)];
        var flushing = spool.RunAsync(TimeProvider.System, stopSending.Token);
        var sending = SendAsync(stopSending.Token);
        var renewing = renewal.RunAsync(stopSending.Token);
        await watch.FirstEndAsync([scanning, .. collecting, flushing, sending, renewing], stoppingToken);
        // However it ends, sessions are ended in their targets: one with nothing to write would outlive this process there.
        await stopScanning.CancelAsync();
        await stopCollecting.CancelAsync();
        if (!await EndsAsync(Task.WhenAll([scanning, .. collecting]), DrainLimit)) LogNotDrained();
        spool.Flush();
        await stopSending.CancelAsync();
        await EndsAsync(Task.WhenAll(flushing, sending, renewing), FarewellLimit);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await renewal.CatchUpAsync(cancellationToken);
        await control.RunAsync(renewal.RenewEndedAsync, cancellationToken);
    }

    private async Task<bool> EndsAsync(Task parts, TimeSpan limit)
    {
        try
        {
            await parts.WaitAsync(limit);
        }
        catch (TimeoutException) when (!parts.IsCompleted)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error)
        {
            LogFaultAtEnd(error);
        }
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A target did not end its session in time; it ends with this process")]
    private partial void LogNotDrained();

    [LoggerMessage(Level = LogLevel.Error, Message = "A part of the agent failed")]
    private partial void LogFaultAtEnd(Exception error);
}
