using System.Collections.Concurrent;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.Agent.Tests.Upload;
using FleetProf.Agent.Upload;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Captures.Rig;

/// <summary>A desk over a state folder, with a gateway of the test behind it and one instance named "i".</summary>
internal sealed class DeskRig : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly bool ownsFolder;
    private Task running = Task.CompletedTask;

    public DeskRig(Func<AgentGateway.AgentGatewayClient> connect, string? folder = null, long spoolBytes = 1_000_000_000, long reserveBytes = 0, TimeProvider? time = null)
    {
        // However long the test takes, its silo is not away.
        Holds.Connected(null);
        ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("fp-desk-").FullName;
        Spool = new ArtifactSpool(Path.Combine(Folder, "artifacts"), spoolBytes, reserveBytes);
        Vitals = new VitalsCollector(Collected, TimeProvider.System, new Random(1));
        var seams = new CaptureDeskSeams
        {
            Output = Sent, Vitals = Vitals, Find = id => id == "i" ? Target : null, ProblemOf = _ => Problem,
            Refuse = Refuse, RestOf = (_, _) => Rest, Forbid = (_, _) => LaterRefusal, RefuseStall = (_, _) => StallRefusal, Headroom = pid => Headroom(pid), RefuseHeld = Holds.Refuse, IsHeld = Holds.IsHeld, Started = (_, _, _) => NoteStart(), Fired = (_, _, _) => NoteFired(),
        };
        var upload = new ArtifactUpload(connect, new AgentIdentity("agent", "secret"), new RetryPause(TimeProvider.System, new Random(1)), time ?? TimeProvider.System, NullLogger.Instance);
        Desk = new CaptureDesk(CaptureJournal.Open(Folder, NullLogger.Instance), Spool, upload, seams, time ?? TimeProvider.System, NullLogger<CaptureDesk>.Instance);
    }

    public DeskRig(UploadServer server, string? folder = null, long spoolBytes = 1_000_000_000, long reserveBytes = 0) : this(() => server.Client, folder, spoolBytes, reserveBytes)
    {
    }

    private readonly ConcurrentQueue<int> startedWhenAsked = new();
    private int started;
    private int fired;

    public string Folder { get; }

    public SentFrames Sent { get; } = new();

    /// <summary>As of an agent that has a session.</summary>
    public CaptureHolds Holds { get; } = new(TimeProvider.System);

    public CollectedVitals Collected { get; } = new();

    public VitalsCollector Vitals { get; }

    public ArtifactSpool Spool { get; }

    public CaptureDesk Desk { get; }

    public TargetProcess? Target { get; set; }

    /// <summary>The target where it is one of .NET.</summary>
    public DotNetTarget DotNet => (DotNetTarget)Target!;

    public InstanceProblem Problem { get; set; } = InstanceProblem.None;

    public string? PolicyRefusal { get; set; }

    /// <summary>Why an order has to come again later, by the policy.</summary>
    public string? Rest { get; set; }

    /// <summary>Thrown where the policy's history is written.</summary>
    public Exception? StartFault { get; set; }

    /// <summary>Called before a capture counts as begun.</summary>
    public Action StartComes { get; set; } = () => { };

    /// <summary>Called before a pause counts as come.</summary>
    public Action FiredComes { get; set; } = () => { };

    /// <summary>What the policy says of a capture that waits.</summary>
    public string? LaterRefusal { get; set; }

    /// <summary>What the policy says of a snapshot of the target's heap.</summary>
    public string? StallRefusal { get; set; }

    /// <summary>Bytes that a process can spare; what it really can, unless the test says otherwise.</summary>
    public Func<int, long?> Headroom { get; set; } = pid => MemoryHeadroom.Of(pid);

    /// <summary>The order that the policy was asked about last.</summary>
    public StartCapture? Asked { get; private set; }

    /// <summary>Captures that began, by the policy's count.</summary>
    public int Started => Volatile.Read(ref started);

    /// <summary>How many had begun, each time that the policy was asked about an order.</summary>
    public IReadOnlyList<int> StartedWhenAsked => [.. startedWhenAsked];

    /// <summary>Pauses that came and were waited for, by the policy's count.</summary>
    public int Fired => Volatile.Read(ref fired);

    private void NoteStart()
    {
        StartComes();
        if (StartFault is not null) throw StartFault;
        Interlocked.Increment(ref started);
    }

    private void NoteFired()
    {
        FiredComes();
        Interlocked.Increment(ref fired);
    }

    private string? Refuse(StartCapture order, string service)
    {
        Asked = order;
        startedWhenAsked.Enqueue(Started);
        return PolicyRefusal;
    }

    public DeskRig Run()
    {
        running = Task.WhenAll(Desk.RunAsync(stop.Token), Vitals.RunAsync(stop.Token));
        return this;
    }

    /// <summary>Opens the vitals session of the target, which tells of its pauses.</summary>
    public void Watch() => Vitals.Watch(new WatchedInstance("i", DotNet.Endpoint));

    /// <summary>An order that waits for a pause.</summary>
    public static StartCapture ArmedOrder(string captureId, CaptureKind kind, double overMs, uint armedSeconds = 60)
    {
        var order = Order(captureId, kind, seconds: 1);
        (order.WhenPauseOverMs, order.ArmedSeconds) = (overMs, armedSeconds);
        return order;
    }

    /// <summary>A session to a silo in which this desk takes part.</summary>
    public ControlSession SessionOver(SiloChannel channel, AgentOptions options, AgentIdentity identity, VitalsSpool spool)
    {
        var hello = new HelloFrame(identity, HostIdentity.Read("none"), options, Desk, TimeProvider.System);
        return new ControlSession(channel, hello, new ControlOutbox(TimeProvider.System), spool, new InstanceDirectory(), Desk, Holds, TimeProvider.System, NullLogger<ControlSession>.Instance);
    }

    public static StartCapture Order(string captureId, CaptureKind kind, uint seconds = 2, uint attempt = 1, long maxBytes = 0) => new()
    {
        CaptureId = captureId, Attempt = attempt, InstanceId = "i", Kind = kind, DurationSeconds = seconds, MaxBytes = maxBytes, ExpiresInSeconds = 60, RequestedBy = "test",
    };

    public static DotNetTarget TargetOf(PlantedProcess planted, Version? version = null) => TargetOf(planted.Pid, planted.SocketPath, version);

    public static DotNetTarget TargetOf(int pid, string socketPath, Version? version = null) => new()
    {
        InstanceId = "i",
        Service = "service",
        Endpoint = new DiagnosticEndpoint(pid, socketPath),
        StartJiffies = ProcessReading.Read(pid)!.Value.StartJiffies,
        RuntimeVersion = version,
    };

    /// <summary>A Go program with its pprof port; null as if the policy named none.</summary>
    public static GoTarget GoTargetOf(int pid, int? port) => new(pid, port) { InstanceId = "i", Service = "service", StartJiffies = ProcessReading.Read(pid)!.Value.StartJiffies };

    /// <summary>Whether an event session runs in a process.</summary>
    public static bool HasSession(int pid) => TargetSessions.CountOf(pid) > 0;

    /// <summary>Ends the desk as a stopping agent does.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await running;
        Desk.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}
