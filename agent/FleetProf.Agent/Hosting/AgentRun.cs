using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
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
    ProcessScan scan, CaptureDesk desk, VitalsCollector vitals, VitalsSpool spool, ControlLoop control, IHostApplicationLifetime lifetime, ILogger<AgentRun> logger) : BackgroundService
{
    /// <summary>A session that does not end by then is ended by the end of this process.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(12);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopCollecting = new CancellationTokenSource();
        using var stopSending = new CancellationTokenSource();
        var scanning = scan.RunAsync(stoppingToken);
        var collecting = Task.WhenAll(desk.RunAsync(stopCollecting.Token), vitals.RunAsync(stopCollecting.Token));
        var flushing = spool.RunAsync(TimeProvider.System, stopSending.Token);
        var sending = control.RunAsync(stopSending.Token);
        try
        {
            // None of them ends by itself, except by a fault of ours: an agent that only half works must not look alive.
            await await Task.WhenAny(scanning, collecting, flushing, sending);
            await scanning;
            await stopCollecting.CancelAsync();
            await collecting.WaitAsync(DrainLimit, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            LogNotDrained();
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            LogFault(error);
            Environment.ExitCode = StartupProblems.CannotStart;
            lifetime.StopApplication();
        }
        finally
        {
            await stopCollecting.CancelAsync();
            spool.Flush();
            await stopSending.CancelAsync();
            await Task.WhenAll(flushing, sending);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A target did not end its session in time; it ends with this process")]
    private partial void LogNotDrained();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The agent stops, a part of it failed")]
    private partial void LogFault(Exception error);
}
