using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Tests.Control;

/// <summary>The session half of a silo, over a real connection: keeps every frame and answers as the test says.</summary>
internal sealed class FakeSilo : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private readonly WebApplication app;

    private FakeSilo(WebApplication app, State received) => (this.app, Received) = (app, received);

    public State Received { get; }

    public string Address => app.Urls.Single();

    /// <param name="port">0: any that is free.</param>
    /// <param name="tls">Puts TLS before the sessions; null: none.</param>
    public static async Task<FakeSilo> StartAsync(int port = 0, Action<ListenOptions>? tls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            tls?.Invoke(listen);
        }));
        builder.Services.AddGrpc();
        var state = new State();
        builder.Services.AddSingleton(state);
        var app = builder.Build();
        app.MapGrpcService<Gateway>();
        await app.StartAsync();
        return new FakeSilo(app, state);
    }

    public async ValueTask DisposeAsync()
    {
        Received.CutSessions();
        await app.DisposeAsync();
    }

    public sealed class State : IDisposable
    {
        private readonly Lock gate = new();
        private readonly List<Hello> hellos = [];
        private readonly List<AgentFrame> frames = [];
        private CancellationTokenSource cut = new();
        private IServerStreamWriter<ServerFrame>? current;

        public bool AcknowledgesVitals { get; set; } = true;

        /// <summary>What the next welcome says; null as of a silo that knows of no holds.</summary>
        public Hold? Hold { get; set; }

        /// <summary>Answers of the next sessions; null welcomes.</summary>
        public Queue<Refusal?> Refusals { get; } = [];

        /// <summary>What sessions are told before anything of them is read, as by a silo that is full; null: they are read.</summary>
        public Refusal? RefusalUnread { get; set; }

        /// <summary>How sessions end that are cut.</summary>
        public RpcException CutWith { get; set; } = new(new Status(StatusCode.Unavailable, "cut by the test"));

        public IReadOnlyList<Hello> Hellos
        {
            get
            {
                lock (gate) return [.. hellos];
            }
        }

        public IReadOnlyList<AgentFrame> Frames
        {
            get
            {
                lock (gate) return [.. frames];
            }
        }

        /// <summary>The list that counts: the latest.</summary>
        public IReadOnlyList<Instance> Inventory => Frames.LastOrDefault(frame => frame.Inventory is not null)?.Inventory.Instances.ToList() ?? [];

        /// <summary>As the agent had them, also where several came together.</summary>
        public IReadOnlyList<VitalsBatch> FinishedBatches => [.. Frames.Where(frame => frame.Vitals is { Sequence: > 0 }).SelectMany(frame => Apart(frame.Vitals))];

        public IReadOnlyList<VitalsWindow> Previews => [.. Frames.Where(frame => frame.Vitals is { Sequence: 0 }).SelectMany(frame => frame.Vitals.Windows)];

        private static IEnumerable<VitalsBatch> Apart(VitalsBatch together) => together.Windows
            .GroupBy(window => window.BatchSequence == 0 ? together.Sequence : window.BatchSequence)
            .Select(batch => new VitalsBatch { Sequence = batch.Key, Windows = { batch.Select(Alone) } });

        private static VitalsWindow Alone(VitalsWindow window)
        {
            var alone = window.Clone();
            alone.BatchSequence = 0;
            return alone;
        }

        public void CutSessions()
        {
            CancellationTokenSource old;
            lock (gate) (old, cut) = (cut, new CancellationTokenSource());
            old.Cancel();
            old.Dispose();
        }

        public void Dispose() => cut.Dispose();

        public Task SendAsync(ServerFrame frame)
        {
            lock (gate) return current!.WriteAsync(frame);
        }

        public async Task UntilAsync(Func<State, bool> condition, string what)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (!condition(this))
            {
                if (limit.IsCancellationRequested)
                    throw new TimeoutException($"Not within {Limit.TotalSeconds} s: {what}. {Hellos.Count} sessions; frames: {string.Join(' ', Frames.Select(frame => frame.BodyCase))}; services: {string.Join(' ', Inventory.Select(instance => instance.Service))}");
                await Task.Delay(20, CancellationToken.None);
            }
        }

        public async Task ServeAsync(IAsyncStreamReader<AgentFrame> requests, IServerStreamWriter<ServerFrame> answers, CancellationToken aborted)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, cut.Token);
            if (RefusalUnread is { } unread)
            {
                await answers.WriteAsync(new ServerFrame { Refusal = unread }, ended.Token);
                return;
            }

            if (!await requests.MoveNext(ended.Token)) return;
            Refusal? refusal;
            lock (gate)
            {
                hellos.Add(requests.Current.Hello);
                Refusals.TryDequeue(out refusal);
                frames.Add(requests.Current);
                current = answers;
            }
            await answers.WriteAsync(refusal is null ? new ServerFrame { Welcome = new Welcome { SessionId = "s", HeartbeatSeconds = 1, ServerVersion = "test", Hold = Hold, ReturnSpreadSeconds = 4 } } : new ServerFrame { Refusal = refusal }, ended.Token);
            if (refusal is not null) return;
            while (await requests.MoveNext(ended.Token))
            {
                var frame = requests.Current;
                lock (gate) frames.Add(frame);
                if (AcknowledgesVitals && frame.Vitals is { Sequence: > 0 } batch) await answers.WriteAsync(new ServerFrame { VitalsAck = new VitalsAck { Sequence = batch.Sequence } }, ended.Token);
            }
        }
    }

    private sealed class Gateway(State state) : AgentGateway.AgentGatewayBase
    {
        public override async Task Session(IAsyncStreamReader<AgentFrame> requestStream, IServerStreamWriter<ServerFrame> responseStream, ServerCallContext context)
        {
            try
            {
                await state.ServeAsync(requestStream, responseStream, context.CancellationToken);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
                throw state.CutWith;
            }
        }
    }
}
