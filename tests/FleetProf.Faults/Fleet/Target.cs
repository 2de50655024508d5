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

    /// <summary>In which it has asked for more than it may have, if it can ask at all.</summary>
    private static readonly TimeSpan KernelLimit = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private readonly string host;
    private readonly TimeProvider time;
    private GcProbeProcess program;
    private Task working;
    private int rounds;
    private volatile string work = ALittle;
    private bool isEnded;

    private Target(string service, string host, TimeProvider time, GcProbeProcess program)
    {
        (Service, this.host, this.time, this.program) = (service, host, time, program);
        working = WorkAsync(program);
    }

    public string Service { get; }

    /// <summary>By which the portal knew it when it was last asked; empty before that.</summary>
    public string InstanceId { get; set; } = "";

    public int Pid => program.Pid;

    /// <summary>How often it has done its little.</summary>
    public int Rounds => Volatile.Read(ref rounds);

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

    /// <param name="service">That it calls itself.</param>
    /// <param name="host">A link to dotnet, or dotnet itself; agents take its name for that of the program.</param>
    /// <param name="time">By which it works and is waited for; null: the system's.</param>
    public static async Task<Target> StartAsync(string service, string host = "dotnet", TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        return new(service, host, clock, await StartProgramAsync(service, host, clock));
    }

    public async Task KillAsync()
    {
        isEnded = true;
        await program.KillAsync();
        await working;
    }

    /// <summary>The kernel kills it, because it wants more than its control group has. Throws <see cref="InvalidOperationException"/> when that takes more than a minute, and it is killed then.</summary>
    public async Task RunOutOfMemoryAsync()
    {
        using var group = new MemoryGroup();
        group.Take(Pid);
        (isEnded, work) = (true, MoreThanItMay);
        try
        {
            await working.WaitAsync(KernelLimit, time);
            await program.UntilEndedAsync();
        }
        catch (TimeoutException)
        {
            // One that is suspended asks for nothing; and while it is there its group cannot go.
            await KillAsync();
            throw new InvalidOperationException($"Process {Pid} of {Service} was not killed for its memory within {KernelLimit.TotalSeconds:0} s.");
        }
    }

    public async Task StartAgainAsync()
    {
        await program.DisposeAsync();
        (isEnded, work) = (false, ALittle);
        program = await StartProgramAsync(Service, host, time);
        working = WorkAsync(program);
    }

    public Task SuspendAsync() => ProcessSignal.SendAsync(Pid, "STOP", isEnded);

    public Task ResumeAsync() => ProcessSignal.SendAsync(Pid, "CONT", isEnded);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await program.DisposeAsync();
        await working;
        stop.Dispose();
    }

    private static Task<GcProbeProcess> StartProgramAsync(string service, string host, TimeProvider time) => GcProbeProcess.StartAsync(host, Timeout.InfiniteTimeSpan, time, ("FLEETPROF_SERVICE", service), ("DOTNET_GCgen0size", NurseryBytes));

    /// <summary>Without events a session that nobody reads any more would not end.</summary>
    private async Task WorkAsync(GcProbeProcess now)
    {
        try
        {
            using var timer = new PeriodicTimer(Pace, time);
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await now.AskAsync(work);
                await now.AskAsync("collect 0 blocking");
                Interlocked.Increment(ref rounds);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            // It has ended. While it is suspended its answer is waited for, so that it works again after that.
        }
    }
}
