using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>Watches one Go process until disposed: reads its source twice a second and hands out windows as for a .NET process.</summary>
internal sealed class GoWatch : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);

    private readonly string instanceId;
    private readonly IGoSource source;
    private readonly IVitalsOutput output;
    private readonly TimeProvider time;
    private readonly VitalsWindowing windows;
    private readonly GoRecorder recorder;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;
    private string problem = "";
    private bool isObserving;

    /// <param name="instanceId">Whose windows.</param>
    /// <param name="pid">For processor time and memory.</param>
    /// <param name="age">How long the process runs by now, good to about a second.</param>
    /// <param name="source">What is read; disposed with the watch.</param>
    /// <param name="output">Takes windows and problems.</param>
    /// <param name="time">The clock.</param>
    public GoWatch(string instanceId, int pid, ProcessAge age, IGoSource source, IVitalsOutput output, TimeProvider time)
    {
        (this.instanceId, this.source, this.output, this.time) = (instanceId, source, output, time);
        windows = new VitalsWindowing(instanceId, () => ProcessReading.Read(pid), time.GetUtcNow());
        recorder = new GoRecorder(windows, age, time);
        running = RunAsync();
    }

    /// <summary>Completes when the source was read once, well or badly.</summary>
    public Task FirstLook => firstLook.Task;

    /// <summary>Reads what is left and gives the last windows to the output.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
        source.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(TickInterval, time);
        try
        {
            do await TickAsync(stopping.Token);
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error)
        {
            // A fault of ours in one watch must neither end it in silence nor reach the others.
            output.OnProblem(instanceId, InstanceProblem.SessionLost, $"FleetProf failed while reading this program: {error}");
        }
        firstLook.TrySetResult();
        await EndAsync();
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var said = await source.ReadAsync(recorder, isLast: false, cancellationToken);
        var now = time.GetUtcNow();
        Observe(said is null, now);
        if ((said ?? "") != problem)
        {
            problem = said ?? "";
            output.OnProblem(instanceId, said is null ? InstanceProblem.None : InstanceProblem.SessionLost, problem);
        }
        var finished = new List<VitalsWindow>();
        firstLook.TrySetResult();
        windows.Advance(now, finished);
        if (finished.Count > 0) output.OnWindows(finished);
        if (windows.Preview(now) is { } preview) output.OnPreviews([preview]);
    }

    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        try
        {
            await source.ReadAsync(recorder, isLast: true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A port that hangs says nothing more; the windows so far are what there is.
        }
        var last = new List<VitalsWindow>();
        windows.End(time.GetUtcNow(), last);
        output.OnWindows(last);
    }

    private void Observe(bool isFine, DateTimeOffset now)
    {
        if (isFine == isObserving) return;
        isObserving = isFine;
        if (isFine) windows.SessionOpened(now);
        else windows.SessionClosed(now);
    }
}
