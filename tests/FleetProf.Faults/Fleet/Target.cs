using FleetProf.Faults.Injection;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>A watched process that always does a little, and is started again when it dies.</summary>
internal sealed class Target : IAsyncDisposable
{
    private const string ALittle = "churn 2";
    private const string MoreThanItMay = "churn 100";

    /// <summary>Until a collection; what it may not have does not come out of what it has.</summary>
    private const string NurseryBytes = "8000000";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource stop = new();
    private GcProbeProcess probe;
    private Task working;
    private volatile string work = ALittle;

    private Target(string service, GcProbeProcess probe)
    {
        (Service, this.probe) = (service, probe);
        working = WorkAsync(probe);
    }

    public string Service { get; }

    public int Pid => probe.Pid;

    /// <summary>Sessions in it now.</summary>
    public int Sessions
    {
        get
        {
            try
            {
                return TargetSessions.CountOf(Pid);
            }
            catch (IOException)
            {
                return 0; // It has ended.
            }
        }
    }

    public static async Task<Target> StartAsync(string service) => new(service, await StartProbeAsync(service));

    public async Task KillAsync()
    {
        await probe.KillAsync();
        await working;
    }

    /// <summary>The kernel kills it, because it wants more than its control group has.</summary>
    public async Task RunOutOfMemoryAsync()
    {
        using var group = new MemoryGroup();
        group.Take(Pid);
        work = MoreThanItMay;
        await working;
        await probe.UntilEndedAsync();
    }

    public async Task StartAgainAsync()
    {
        await probe.DisposeAsync();
        work = ALittle;
        probe = await StartProbeAsync(Service);
        working = WorkAsync(probe);
    }

    public Task SuspendAsync() => FleetProfProcess.SignalAsync(Pid, "STOP");

    public Task ResumeAsync() => FleetProfProcess.SignalAsync(Pid, "CONT");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await probe.DisposeAsync();
        await working;
        stop.Dispose();
    }

    private static Task<GcProbeProcess> StartProbeAsync(string service) => GcProbeProcess.StartAsync(("FLEETPROF_SERVICE", service), ("DOTNET_GCgen0size", NurseryBytes));

    /// <summary>Without events a session that nobody reads any more would not end.</summary>
    private async Task WorkAsync(GcProbeProcess now)
    {
        try
        {
            using var timer = new PeriodicTimer(Pace);
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await now.AskAsync(work);
                await now.AskAsync("collect 0 blocking");
            }
        }
        catch (Exception end) when (end is OperationCanceledException or InvalidOperationException or IOException or TimeoutException or ObjectDisposedException)
        {
            // Killed, or suspended for so long that nobody waits for it.
        }
    }
}
