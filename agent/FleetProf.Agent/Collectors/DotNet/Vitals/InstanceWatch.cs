using FleetProf.AgentProtocol;
using FleetProf.Measures.Traces;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>Keeps one instance's session open: starts it again, with growing pauses, whenever it is lost, until the process ends.</summary>
internal sealed class InstanceWatch : IAsyncDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DyingTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(30);

    private readonly WatchedInstance instance;
    private readonly IVitalsOutput output;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly VitalsWindowing windows;
    private readonly Task running;
    private VitalsSession? session;
    private CancellationTokenSource? ending;
    private Exception? fault;
    private DateTimeOffset? ownSnapshotSince;
    private InstanceProblem problem = InstanceProblem.None;
    private bool hasEnded;

    /// <param name="instance">Whom to watch.</param>
    /// <param name="output">Takes problems and the last windows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Numbers from 0 to 1 that spread reconnects; called from any thread.</param>
    public InstanceWatch(WatchedInstance instance, IVitalsOutput output, TimeProvider time, Func<double> random)
    {
        (this.instance, this.output, this.time, this.random) = (instance, output, time, random);
        windows = new VitalsWindowing(instance.InstanceId, () => ProcessReading.Read(instance.Endpoint.Pid), time.GetUtcNow(), new ThrottlingMeter(() => CpuThrottling.ReadMs(instance.Endpoint.Pid), time));
        running = RunAsync();
    }

    public DiagnosticEndpoint Endpoint => instance.Endpoint;

    /// <summary>Nothing comes from it any more: its process has ended, or seemed to.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate) return hasEnded;
        }
    }

    /// <summary>The heap after the last collection seen; null before the first.</summary>
    public long? HeapBytes
    {
        get
        {
            lock (gate) return windows.HeapBytes;
        }
    }

    /// <summary>Is told of every pause from now on; null: nobody is.</summary>
    public void SetAlarm(PauseAlarm? alarm)
    {
        lock (gate) windows.Alarm = alarm;
    }

    /// <summary>Moves the windows on; adds what is finished, and a preview where something happened.</summary>
    public void Tick(List<VitalsWindow> finished, List<VitalsWindow> previews)
    {
        lock (gate)
        {
            if (hasEnded) return;
            TickSession();
            var now = time.GetUtcNow();
            windows.Advance(now, finished);
            if (windows.Preview(now) is { } preview) previews.Add(preview);
        }
    }

    public void BeginOwnSnapshot()
    {
        lock (gate)
        {
            ownSnapshotSince = time.GetUtcNow();
            session?.BeginOwnSnapshot(ownSnapshotSince.Value);
        }
    }

    public void EndOwnSnapshot()
    {
        lock (gate)
        {
            ownSnapshotSince = null;
            session?.EndOwnSnapshot(time.GetUtcNow());
        }
    }

    /// <summary>Ends the session in the target, reads what it still says, and gives the last windows to the output.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    /// <summary>What a target sends may find a fault of ours: that ends its session, and neither the agent nor the other watches. Called under the gate.</summary>
    private void TickSession()
    {
        try
        {
            session?.Tick();
        }
        catch (Exception error)
        {
            (session, fault) = (null, error);
            _ = ending!.CancelAsync();
        }
    }

    private async Task RunAsync()
    {
        // Starting many watches must not happen on the caller's thread, nor all at the same moment.
        await Task.Yield();
        var delay = FirstDelay;
        while (!stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var (failure, detail) = await RunSessionAsync();
            if (stopping.IsCancellationRequested || failure == DiagnosticFailure.ProcessExited) break;
            Report(ToProblem(failure), detail);
            if (time.GetElapsedTime(started) > StableAfter) delay = FirstDelay;
            if (!await SleepAsync(delay * (0.5 + random() / 2))) break;
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
        End();
    }

    private async Task<(DiagnosticFailure Failure, string Detail)> RunSessionAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        try
        {
            var next = new VitalsSession(windows, gate, time);
            lock (gate)
            {
                (session, ending, fault) = (next, end, null);
                if (ownSnapshotSince is { } since) next.BeginOwnSnapshot(since);
            }
            var port = instance.Endpoint.Open(time);
            if (instance.Endpoint.MayHaveSessions(port.ExpectedPid)) await DeadSessions.EndAsync(port, stopping.Token);
            await next.RunAsync(port, () => Report(InstanceProblem.None, ""), end.Token);
            lock (gate)
            {
                if (fault is not null) return Failed(fault);
            }

            // A dying process closes its connections a moment before it is gone.
            await SleepAsync(DyingTime);
            return instance.Endpoint.IsAlive(instance.Endpoint.Pid)
                ? (DiagnosticFailure.InternalError, "The runtime ended the session; it is started again.")
                : (DiagnosticFailure.ProcessExited, "");
        }
        catch (DiagnosticIpcException error)
        {
            return (error.Failure, error.Message);
        }
        catch (NettraceFormatException error)
        {
            return (DiagnosticFailure.InternalError, $"The event stream could not be read: {error.Message}");
        }
        catch (OperationCanceledException)
        {
            return (DiagnosticFailure.InternalError, "");
        }
        catch (Exception error)
        {
            // A fault of ours in one session must neither end the watch in silence nor reach the others.
            return Failed(error);
        }
        finally
        {
            lock (gate) session = null;
        }
    }

    private void End()
    {
        var last = new List<VitalsWindow>();
        lock (gate)
        {
            windows.End(time.GetUtcNow(), last);
            hasEnded = true;
        }
        output.OnWindows(last);
    }

    private async Task<bool> SleepAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, time, stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Report(InstanceProblem now, string detail)
    {
        if (problem == now) return;
        problem = now;
        output.OnProblem(instance.InstanceId, now, detail);
    }

    private static (DiagnosticFailure Failure, string Detail) Failed(Exception error) => (DiagnosticFailure.InternalError, $"FleetProf failed while reading this session: {error}");

    private static InstanceProblem ToProblem(DiagnosticFailure failure) => failure switch
    {
        DiagnosticFailure.AttachDenied => InstanceProblem.AccessDenied,
        DiagnosticFailure.SocketGone => InstanceProblem.SocketGone,
        DiagnosticFailure.SocketNotOwned => InstanceProblem.SocketNotOwned,
        DiagnosticFailure.RuntimeTooOld => InstanceProblem.RuntimeTooOld,
        _ => InstanceProblem.SessionLost,
    };
}
