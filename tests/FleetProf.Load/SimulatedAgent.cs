using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using PauseKind = FleetProf.AgentProtocol.PauseKind;

namespace FleetProf.Load;

/// <summary>One agent with one instance on a connection of its own: a preview every second, a finished window every ten, a heartbeat every fifteen.</summary>
internal sealed class SimulatedAgent(Uri silo, int number, int seed, ConcurrentBag<double> ackMs) : IDisposable
{
    private static readonly DateTimeOffset Booted = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    private readonly Random random = new(seed);
    private readonly ConcurrentDictionary<ulong, long> unacknowledged = new();
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(silo, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler() });
    private ulong sequence;

    private string Name => string.Create(CultureInfo.InvariantCulture, $"load-{number:d5}");

    public int WaitingForAck => unacknowledged.Count;

    public async Task RunAsync(TaskCompletionSource welcome, CancellationToken cancellationToken)
    {
        using var session = new AgentGateway.AgentGatewayClient(channel).Session(cancellationToken: cancellationToken);
        await session.RequestStream.WriteAsync(new AgentFrame { Hello = ToHello() }, cancellationToken);
        var reading = ReadAsync(session.ResponseStream, welcome, cancellationToken);
        await welcome.Task;
        await session.RequestStream.WriteAsync(new AgentFrame { Inventory = ToInventory() }, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var second = random.Next(10); await timer.WaitForNextTickAsync(cancellationToken); second++)
        {
            await session.RequestStream.WriteAsync(new AgentFrame { Vitals = ToBatch(isFinished: second % 10 == 0) }, cancellationToken);
            if (second % 15 == 0)
            {
                await session.RequestStream.WriteAsync(new AgentFrame { Heartbeat = new Heartbeat { ClockUnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() } }, cancellationToken);
            }
        }

        await reading;
    }

    public void Dispose() => channel.Dispose();

    private async Task ReadAsync(IAsyncStreamReader<ServerFrame> frames, TaskCompletionSource welcome, CancellationToken cancellationToken)
    {
        await foreach (var frame in frames.ReadAllAsync(cancellationToken))
        {
            switch (frame.BodyCase)
            {
                case ServerFrame.BodyOneofCase.Welcome:
                    welcome.TrySetResult();
                    break;
                case ServerFrame.BodyOneofCase.Refusal:
                    welcome.TrySetException(new InvalidOperationException($"{Name} was refused: {frame.Refusal.Reason} {frame.Refusal.Message}"));
                    break;
                case ServerFrame.BodyOneofCase.VitalsAck:
                    foreach (var acknowledged in unacknowledged.Keys.Where(key => key <= frame.VitalsAck.Sequence))
                    {
                        if (unacknowledged.TryRemove(acknowledged, out var sent))
                        {
                            ackMs.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                        }
                    }

                    break;
            }
        }
    }

    private VitalsBatch ToBatch(bool isFinished)
    {
        var batch = new VitalsBatch { Windows = { ToWindow(isFinished) } };
        if (isFinished)
        {
            batch.Sequence = ++sequence;
            unacknowledged[batch.Sequence] = Stopwatch.GetTimestamp();
        }

        return batch;
    }

    private VitalsWindow ToWindow(bool isFinished)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var pauses = new DdSketch();
        for (var gc = 0; gc < 20; gc++)
        {
            pauses.Add(Math.Exp(random.NextDouble() * 3));
        }

        return new VitalsWindow
        {
            InstanceId = Name,
            WindowStartUnixMs = now / 10_000 * 10_000 - (isFinished ? 10_000 : 0),
            WindowMs = 10_000,
            ObservedMs = 10_000,
            Partial = !isFinished,
            Pauses = { new PauseSketch { Generation = 0, Kind = PauseKind.Blocking, Sketch = ByteString.CopyFrom(pauses.ToBytes()) } },
            GcCounts = { 20, 0, 0 },
            PauseMs = 100,
            MaxPauseMs = pauses.Max,
            AllocatedBytes = 500_000_000,
            HeapAfter = new HeapSizes { Gen0Bytes = 1_000_000, Gen2Bytes = 80_000_000 },
            CpuSeconds = 2,
            WorkingSetBytes = 200_000_000,
            ThreadCount = 30,
        };
    }

    private Hello ToHello() => new()
    {
        AgentId = Name, AgentSecret = Name + "-secret", ProcessNonce = "1", ProtocolVersion = 1, AgentVersion = "0.1.0", HostName = Name, HostId = Name,
        ClockUnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
    };

    private Inventory ToInventory() => new()
    {
        Instances =
        {
            new Instance
            {
                InstanceId = Name, Service = $"service-{number % 50}", Version = "1.0", Host = Name, Pid = 1000, Runtime = ".NET 10.0", EntryAssembly = "Load",
                StartedUnixMs = Booted.ToUnixTimeMilliseconds(), ProcessorCount = 2, GcMode = "workstation concurrent",
            },
        },
    };
}
