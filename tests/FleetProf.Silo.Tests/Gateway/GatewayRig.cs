using System.Collections.Concurrent;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Fleet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>The real gateway on a free port over the real agent grains and fleet; campaigns and vitals are the test's.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    private readonly CaptureRig captures = new();
    private readonly GatewayOptions options;
    private WebApplication app = null!;

    private GatewayRig(GatewayOptions options) => this.options = options;

    /// <summary>The one capture that may be uploaded.</summary>
    public CaptureRig Captures => captures;

    public FleetRig Fleet { get; private set; } = null!;

    public HoldBoard Holds { get; private set; } = null!;

    /// <summary>Of the same catalog.</summary>
    public HoldTable HoldTable { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Called for each batch; durable when the task completes.</summary>
    public Func<VitalsBatch, Task> Vitals { get; set; } = _ => Task.CompletedTask;

    public bool IsLookedAt { get; set; } = true;

    /// <summary>Called for each result; false: stale.</summary>
    public Func<CaptureReport, Task<bool>> Result { get; set; } = _ => Task.FromResult(true);

    public ConcurrentQueue<CaptureReport> Results { get; } = [];

    public BlockingCollection<CaptureProgressReport> Progress { get; } = [];

    public BlockingCollection<(string CampaignId, string AgentId, IReadOnlyList<string> Running)> Attached { get; } = [];

    public IReadOnlyList<string> AllUrls => [.. app.Urls];

    public IServiceProvider Services => app.Services;

    /// <param name="options">Of the gateway.</param>
    /// <param name="configure">Adds to it before it starts; its listener is then the caller's.</param>
    public static async Task<GatewayRig> StartAsync(GatewayOptions? options = null, Action<GatewayRig, WebApplicationBuilder>? configure = null)
    {
        var rig = new GatewayRig(options ?? new GatewayOptions()) { Fleet = await FleetRig.StartAsync() };
        rig.HoldTable = new HoldTable(rig.Fleet.Database, rig.Fleet.Clock);
        rig.Holds = new HoldBoard(rig.HoldTable, rig.Fleet.Clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        rig.AddServices(builder.Services);
        if (configure is null)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        }

        configure?.Invoke(rig, builder);
        rig.app = builder.Build();
        rig.app.MapGateway();
        rig.app.MapAccess();
        await rig.app.StartAsync();
        rig.Address = new Uri(rig.app.Urls.First());
        return rig;
    }

    public Task<AgentClient> AttachAsync(Hello? hello = null) => AgentClient.AttachAsync(Address, hello);

    public IAgentGrain Agent(string agentId = "agent1") => Fleet.Grains.GetGrain<IAgentGrain>(agentId);

    public static CaptureOrder Order(string captureId = "camp-0001", int attempt = 1) => new()
    {
        CaptureId = captureId, Attempt = attempt, CampaignId = "camp", InstanceId = "a", Kind = Contracts.Captures.CaptureKind.Trace,
        DurationSeconds = 10, MaxBytes = 1_000_000, ExpiresInSeconds = 30,
    };

    public Task StopAsync() => app.StopAsync();

    /// <summary>Waits for what follows from an answer that the test has not got.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isTrue, Action? meanwhile = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isTrue())
        {
            meanwhile?.Invoke();
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await Fleet.DisposeAsync();
        captures.Dispose();
        Progress.Dispose();
        Attached.Dispose();
    }

    private void AddServices(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Fleet.Clock);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(captures.Intake);
        services.AddSingleton(Grains());
        services.AddSingleton(new FrameSinks
        {
            Inventory = (hello, sessionId, list, token) => Fleet.Intake.AcceptAsync(hello.AgentId, sessionId, list, hello.Labels, token),
            Vitals = (_, batch, _) => Vitals(batch),
            Attached = Fleet.Intake.AgentAttachedAsync,
            Lost = Fleet.Intake.AgentLostAsync,
            IsLookedAt = () => IsLookedAt,
        });
        services.AddSingleton(Holds);
        services.AddSingleton<AccessLog>();
        services.AddSessions();
        services.AddSingleton(Options.Create(new EnrolmentOptions()));
    }

    private IGrainFactory Grains() => Fake.Of<IGrainFactory>(
        (nameof(IGrainFactory.CreateObjectReference), args => Fleet.Grains.CreateObjectReference<ISessionHub>((ISessionHub)args[0]!)),
        (nameof(IGrainFactory.GetGrain), args => args[0] is string key && key.StartsWith("camp", StringComparison.Ordinal) ? Campaign(key) : Fleet.Grains.GetGrain<IAgentGrain>((string)args[0]!)));

    private ICampaignGrain Campaign(string campaignId) => Fake.Of<ICampaignGrain>(
        (nameof(ICampaignGrain.ReportProgressAsync), args =>
        {
            Progress.Add((CaptureProgressReport)args[0]!);
            return Task.CompletedTask;
        }),
        (nameof(ICampaignGrain.ReportResultAsync), args =>
        {
            Results.Enqueue((CaptureReport)args[0]!);
            return Result((CaptureReport)args[0]!);
        }),
        (nameof(ICampaignGrain.AgentAttachedAsync), args =>
        {
            Attached.Add((campaignId, (string)args[0]!, (IReadOnlyList<string>)args[1]!));
            return Task.CompletedTask;
        }));
}
