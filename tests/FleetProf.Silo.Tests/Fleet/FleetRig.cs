using System.Collections.Concurrent;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.Fleet.Deploys;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using Protocol = FleetProf.AgentProtocol;

namespace FleetProf.Silo.Tests.Fleet;

/// <summary>The real grains, tables and intake of the fleet over a temporary catalog; comparisons are only noted.</summary>
internal sealed class FleetRig : IAsyncDisposable
{
    private readonly TemporaryCatalog catalog;
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private InProcessTestCluster cluster = null!;

    private FleetRig(CatalogKind? kind) => catalog = new TemporaryCatalog(kind: kind, isAway: () => IsDatabaseAway);

    public SteppedClock Clock { get; } = new ClusterClock(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public DeployOptions Deploys { get; } = new() { Soak = TimeSpan.FromMinutes(10), RetryDelay = TimeSpan.FromSeconds(15) };

    /// <summary>Planned comparisons; a plan waits here until the test takes it.</summary>
    public BlockingCollection<(string ComparisonId, ComparisonRequest Request)> Plans { get; } = [];

    /// <summary>What the comparison grain answers, in turn; afterwards it works.</summary>
    public ConcurrentQueue<Func<Comparison?>> Answers { get; } = [];

    /// <summary>While it is, nothing can be read or written.</summary>
    public bool IsDatabaseAway { get; set; }

    public CatalogDatabase Database => catalog.Database;

    public IGrainFactory Grains => cluster.Client;

    public IFleetQueryGrain Query => Grains.GetGrain<IFleetQueryGrain>(0);

    public LiveFleet Live { get; private set; } = null!;

    public InventoryIntake Intake { get; private set; } = null!;

    public RecordedLog<InventoryIntake> IntakeLog { get; } = new();

    public FleetUpkeep Upkeep { get; private set; } = null!;

    public DeployPlans Planner { get; private set; } = null!;

    public static async Task<FleetRig> StartAsync(CatalogKind? kind = null)
    {
        var rig = new FleetRig(kind);
        rig.lifetime.NotifyStarted();
        await rig.DeployAsync();
        return rig;
    }

    public static Protocol.Instance Process(string id, string version = "1.0", int startedMinutesAgo = 1, string service = "checkout", FakeTimeProvider? clock = null) => new()
    {
        InstanceId = id, Service = service, Version = version, Host = "h1", Pid = 7, Runtime = ".NET 10.0.12",
        StartedUnixMs = (clock?.GetUtcNow() ?? DateTimeOffset.UnixEpoch.AddDays(20_000)).AddMinutes(-startedMinutesAgo).ToUnixTimeMilliseconds(),
        GcSettings = { ["System.GC.Server"] = "true" },
    };

    public static Protocol.Inventory Inventory(params Protocol.Instance[] instances) => new() { Instances = { instances } };

    /// <summary>All memory of the silo is lost; the catalog stays. Agents are not attached.</summary>
    public async Task RestartAsync()
    {
        await Planner.StopAsync(CancellationToken.None);
        await cluster.DisposeAsync();
        catalog.Reopen();
        await DeployAsync();
    }

    public (string ComparisonId, ComparisonRequest Request) NextPlan() =>
        Plans.TryTake(out var plan, TimeSpan.FromSeconds(60)) ? plan : throw new TimeoutException("No comparison was planned.");

    public async ValueTask DisposeAsync()
    {
        await Planner.StopAsync(CancellationToken.None);
        Planner.Dispose();
        Upkeep.Dispose();
        await cluster.DisposeAsync();
        catalog.Dispose();
        Plans.Dispose();
    }

    private async Task DeployAsync()
    {
        Live = new LiveFleet(Clock);
        var deploys = new DeployTable(Database);
        var instances = new InstanceTable(Database);
        Planner = new DeployPlans(deploys, Comparisons(), lifetime, Options.Create(Deploys), Clock, NullLogger<DeployPlans>.Instance);
        Upkeep = new FleetUpkeep(instances, Live, new SettledClock(Database, Clock), NullLogger<FleetUpkeep>.Instance);
        var builder = OneSilo.Builder();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(catalog.Database);
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.AddSingleton(Options.Create(Deploys));
            silo.Services.AddSingleton(Options.Create(new GatewayOptions()));
            silo.Services.AddSingleton(Live);
            silo.Services.AddSingleton<EnrolledTable>();
            silo.Services.AddSingleton<AccessLog>();
            silo.Services.AddSingleton(instances);
            silo.Services.AddSingleton(deploys);
            silo.Services.AddSingleton<ServiceTable>();
            silo.Services.AddSingleton(Planner);
            silo.AddReminders();
            silo.Services.AddCatalogStorage();
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
        Intake = new InventoryIntake(instances, Live, Grains, Clock, IntakeLog);
        await Upkeep.StartingAsync(CancellationToken.None);
        await Planner.StartAsync(CancellationToken.None);
    }

    private IGrainFactory Comparisons() => Fake.Of<IGrainFactory>((nameof(IGrainFactory.GetGrain), args => Fake.Of<IComparisonGrain>(
        (nameof(IComparisonGrain.CreateAsync), request => Task.FromResult(Plan((string)args[0]!, (ComparisonRequest)request[0]!))))));

    private Comparison? Plan(string comparisonId, ComparisonRequest request)
    {
        Plans.Add((comparisonId, request));
        return Answers.TryDequeue(out var answer)
            ? answer()
            : new Comparison
            {
                ComparisonId = comparisonId, Service = request.Service, CreatedAt = Clock.GetUtcNow(),
                Baseline = Side(request.BaselineVersion!), Candidate = Side(request.CandidateVersion!),
            };
    }

    private ComparisonSide Side(string version) => new() { Version = version, From = Clock.GetUtcNow(), To = Clock.GetUtcNow() };
}
