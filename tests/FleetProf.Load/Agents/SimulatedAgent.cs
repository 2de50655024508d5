using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Load.Agents;

/// <summary>
/// One agent with one busy instance on a connection of its own: a preview every second, a window that ends at each multiple of ten seconds of
/// wall time and is sent when this agent's turn comes, heartbeats as the silo wishes. It comes back after a loss or a refusal exactly as the real one does.
/// </summary>
internal sealed class SimulatedAgent(Enrolment enrolment, Uri silo, int number, FleetPlan plan) : IDisposable
{
    private const long WindowMs = 10_000;
    private const long GraceMs = 1_000;
    private static readonly TimeSpan WelcomeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);
    private static readonly DateTimeOffset Booted = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    private readonly Random random = plan.RandomOf(number, use: 0);
    private readonly AgentChannel channel = new(silo, enrolment);
    private readonly string nonce = Guid.NewGuid().ToString("N");
    private CapturedWork? work;
    private AgentLine? line;
    private CancellationTokenSource? session;
    private double? phase;
    private Task sending = Task.CompletedTask;
    private long second;
    private long windowStart = long.MaxValue / 2;
    private int previewSeconds = 1;
    private uint returnSpreadSeconds;
    private bool isReached;

    public WindowSpool Spool { get; } = new();

    public string Name => NameOf(number);

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"load-{number:d5}");

    /// <summary>A hundred instances each.</summary>
    public static string ServiceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"service-{number / 100:d3}");

    public async Task RunAsync(TimeSpan startDelay, CancellationToken end)
    {
        try
        {
            work = new CapturedWork(channel, enrolment.AgentId, plan, number);
            await Task.Delay(startDelay, end);
            Volatile.Write(ref windowStart, Now() / WindowMs * WindowMs);
            await StayConnectedAsync(end);
        }
        catch (Exception cut) when (end.IsCancellationRequested && cut is OperationCanceledException or RpcException or TimeoutException or IOException or InvalidOperationException)
        {
            // How it is meant to end.
        }
    }

    public void Dispose()
    {
        channel.Dispose();
        session?.Dispose();
    }

    /// <summary>Once a second: what is due. What takes longer than that is not begun again before it is over.</summary>
    public void Tick()
    {
        second++;
        var now = Now();
        while (now >= windowStart + WindowMs + GraceMs)
        {
            Spool.Add(plan.Vitals.Replay(Name, number + windowStart / WindowMs, windowStart, isPartial: false), WindowDelay.Of(TimeSpan.FromSeconds(previewSeconds), phase ??= random.NextDouble()));
            windowStart += WindowMs;
        }

        if (line is not { } open)
        {
            return;
        }

        if (random.NextDouble() < plan.DropShare / 60)
        {
            _ = AgentChannel.BreakAsync(session!);
        }
        else
        {
            var isPreviewDue = (second + number) % previewSeconds == 0;
            if (sending.IsCompleted && (isPreviewDue || Spool.IsDue || open.IsBeatDue(Spool.Waiting > 0)))
            {
                sending = Task.Run(() => SendDueAsync(open, isPreviewDue));
            }
        }
    }

    private async Task SendDueAsync(AgentLine open, bool isPreviewDue)
    {
        await open.SendAsync(Spool);
        if (open.IsBeatDue(Spool.Waiting > 0))
        {
            await open.BeatAsync();
        }

        if (isPreviewDue)
        {
            await open.SendAsync(new AgentFrame { Vitals = new VitalsBatch { Windows = { plan.Vitals.Replay(Name, number + second, Now() / WindowMs * WindowMs, isPartial: true) } } });
        }
    }

    private async Task StayConnectedAsync(CancellationToken end)
    {
        // Not as on loopback: these stand for hosts elsewhere.
        var delay = new ReconnectDelay(isLoopback: false, plan.RandomOf(number, use: 1));
        while (!end.IsCancellationRequested)
        {
            var started = TimeProvider.System.GetTimestamp();
            var (wasWelcome, refusal) = await ConverseAsync(end);
            if (wasWelcome && TimeProvider.System.GetElapsedTime(started) > StableAfter)
            {
                delay.Reset();
            }

            delay.Spread(TimeSpan.FromSeconds(returnSpreadSeconds));
            await Task.Delay(refusal is not null ? delay.After(refusal.RetryAfterSeconds) : channel.Notice.Take() is { } wait ? delay.After(wait) : delay.Next(), end);
        }
    }

    private async Task<(bool WasWelcome, Refusal? Refusal)> ConverseAsync(CancellationToken end)
    {
        var wasWelcome = false;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(end);
        session = cut;
        try
        {
            if (!isReached)
            {
                await channel.ReachAsync(cut.Token);
                isReached = true;
            }

            using var call = channel.Client.Session(cancellationToken: cut.Token);
            await SayHelloAsync(call, cut.Token);
            if (!await call.ResponseStream.MoveNext(cut.Token).WaitAsync(WelcomeLimit, cut.Token))
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "no answer"));
            }

            if (call.ResponseStream.Current.Refusal is { } refusal)
            {
                plan.Figures.Ended($"refused, {refusal.Reason}");
                return (false, refusal);
            }

            wasWelcome = true;
            plan.Figures.Welcomed(number);
            await AttendAsync(call, call.ResponseStream.Current.Welcome, cut.Token);
            plan.Figures.Ended("closed by the silo");
        }
        catch (Exception lost) when (lost is RpcException or AuthenticationException or SocketException or OperationCanceledException or TimeoutException or IOException or InvalidOperationException && !end.IsCancellationRequested)
        {
            // A call that was cut leaves its connection to the next one.
            isReached &= (lost as RpcException)?.StatusCode == StatusCode.Cancelled;
            plan.Figures.Ended($"{(wasWelcome ? "lost" : "not reached")}, {(lost as RpcException)?.StatusCode.ToString() ?? lost.GetType().Name}");
        }
        finally
        {
            line = null;
            if (wasWelcome)
            {
                plan.Figures.Left();
            }

            await cut.CancelAsync();
        }

        return (wasWelcome, null);
    }

    private async Task SayHelloAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, CancellationToken cut)
    {
        try
        {
            await call.RequestStream.WriteAsync(new AgentFrame { Hello = ToHello() }, cut).WaitAsync(WelcomeLimit, cut);
        }
        catch (RpcException) when (!cut.IsCancellationRequested)
        {
            // As the agent does: a refusal that broke this write is there to be read.
        }
    }

    private async Task AttendAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, Welcome welcome, CancellationToken cut)
    {
        var beat = new HeartbeatTurn(TimeSpan.FromSeconds(welcome.HeartbeatSeconds), TimeProvider.System);
        var open = new AgentLine(call.RequestStream, beat, () => new Heartbeat { ClockUnixMs = Now(), AgentCpuSeconds = 1, AgentRssBytes = 80_000_000 }, cut);
        Spool.Rewind(TimeSpan.FromSeconds(welcome.KeepWindowsSeconds));
        (previewSeconds, returnSpreadSeconds) = (1, welcome.ReturnSpreadSeconds);
        await open.SendAsync(new AgentFrame { Inventory = ToInventory() });
        line = open;
        await work!.ResumeAsync(open);
        await foreach (var frame in call.ResponseStream.ReadAllAsync(cut))
        {
            await ObeyAsync(frame, open);
        }
    }

    private async ValueTask ObeyAsync(ServerFrame frame, AgentLine open)
    {
        switch (frame.BodyCase)
        {
            case ServerFrame.BodyOneofCase.VitalsAck:
                Spool.Acknowledge(frame.VitalsAck.Sequence, plan.Figures);
                if (Spool.Waiting > 0)
                {
                    await open.SendAsync(Spool);
                }

                break;
            case ServerFrame.BodyOneofCase.StartCapture:
                work!.Begin(frame.StartCapture, open);
                break;
            case ServerFrame.BodyOneofCase.Pace:
                previewSeconds = (int)Math.Max(1, frame.Pace.PreviewSeconds);
                returnSpreadSeconds = frame.Pace.ReturnSpreadSeconds > 0 ? frame.Pace.ReturnSpreadSeconds : returnSpreadSeconds;
                break;
            case ServerFrame.BodyOneofCase.ResultAck:
                work!.Acknowledge(frame.ResultAck);
                break;
        }
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private Hello ToHello() => new()
    {
        ProcessNonce = nonce, ProtocolVersion = 1, AgentVersion = "0.1.0", HostName = Name, HostId = Name, ClockUnixMs = Now(),
        Capabilities = { "trace", "alloc", "gcdump", "gc", "pause-trigger" },
        RunningCaptures = { work!.Running },
    };

    private Inventory ToInventory() => new()
    {
        Instances =
        {
            new Instance
            {
                InstanceId = Name, Service = ServiceOf(number), Version = "1.0", Host = Name, Pid = 1000, Runtime = ".NET 10.0.12", EntryAssembly = "Load",
                CommandLine = "dotnet Load.dll --urls http://127.0.0.1:8080", StartedUnixMs = Booted.ToUnixTimeMilliseconds(), ProcessorCount = 2, GcMode = "workstation concurrent",
            },
        },
    };
}
