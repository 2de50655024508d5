using System.Security.Cryptography;
using System.Text;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Access.People;
using FleetProf.Silo.Allocations;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Heaps;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Profiles;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>The real campaigns, budgets and catalog in a cluster of one silo, over agents and a fleet that the test plays.</summary>
internal sealed class CampaignRig(CampaignOptions? options = null, TimeProvider? clock = null) : IAsyncDisposable
{
    public const string Id = "01jz0000000000000000000000";

    private readonly TemporaryCatalog catalog = new();
    private InProcessTestCluster? cluster;

    /// <summary>Patience of milliseconds, for tests in real time; of seconds where less would be over before a busy machine has let an agent speak.</summary>
    public static CampaignOptions Hasty => new()
    {
        StepInterval = TimeSpan.FromMilliseconds(20),
        IdleInterval = TimeSpan.FromMilliseconds(200),
        StartWindow = TimeSpan.FromMilliseconds(300),
        SilenceLimit = TimeSpan.FromSeconds(5),
        LostGrace = TimeSpan.FromMilliseconds(200),
        ReturnGrace = TimeSpan.FromSeconds(5),
        StopGrace = TimeSpan.FromMilliseconds(500),
        CancelInterval = TimeSpan.FromMilliseconds(100),
        UnreachableGrace = TimeSpan.FromSeconds(2),
        RetryDelay = TimeSpan.FromMilliseconds(40),
        AnalysisCheck = TimeSpan.FromMilliseconds(500),
    };

    public static CampaignSpec Spec => new()
    {
        Selector = new CampaignSelector { Services = ["checkout"] },
        Kinds = [CaptureKind.Trace],
        SampleSize = 1,
        DurationSeconds = 1,
        RequestedBy = "ann",
    };

    public HoldOptions Holds { get; } = new();

    public FakeAgents Agents { get; } = new();

    public List<Instance> Fleet { get; } = [];

    /// <summary>Not to be reached since a moment ago.</summary>
    public List<Instance> Lost { get; } = [];

    public Func<string, ChaosStorage.Fault> NextWrite { get; set; } = _ => ChaosStorage.Fault.None;

    /// <summary>Called with the name of a state that was stored, before its grain goes on.</summary>
    public Action<string> Committed { get; set; } = _ => { };

    /// <summary>Given: artifacts are analysed, by this program.</summary>
    public string? AnalyzerPath { get; set; }

    public string Folder => catalog.Folder;

    public CatalogDatabase Database => catalog.Database;

    public CredentialTable Credentials => Services.GetRequiredService<CredentialTable>();

    public AccountTable Accounts => Services.GetRequiredService<AccountTable>();

    public IServiceProvider Services => cluster!.Silos[0].ServiceProvider;

    public IGrainFactory Grains => cluster!.Client;

    public ICampaignGrain Campaign => Grains.GetGrain<ICampaignGrain>(Id);

    public IHoldGrain Hold => Grains.GetGrain<IHoldGrain>(0);

    public ICampaignQueryGrain Campaigns => Grains.GetGrain<ICampaignQueryGrain>(0);

    public ICaptureQueryGrain Captures => Grains.GetGrain<ICaptureQueryGrain>(0);

    public static string Capture(int ordinal) => CaptureId.Of(Id, ordinal);

    public static Instance Instance(int number, string service = "checkout", string version = "1.0", int? host = null) => new()
    {
        InstanceId = $"{service}{number:d3}", Service = service, Version = version, Host = $"host{host ?? number:d3}", AgentId = $"agent{host ?? number:d3}",
    };

    public async Task StartAsync()
    {
        var builder = OneSilo.Builder();
        builder.ConfigureSilo((_, silo) =>
        {
            var services = silo.Services;
            services.AddSingleton(catalog.Database);
            services.AddHostedService(provider => provider.GetRequiredService<HoldWatch>());
            services.AddSingleton<EnrolledTable>();
            services.AddSingleton<ShutOutAgents>();
            services.AddSingleton<AccessLog>();
            services.AddSingleton(clock ?? TimeProvider.System);
            silo.AddReminders();
            services.AddCatalogStorage();
            services.AddKeyedSingleton<IGrainStorage>(
                StorageSetup.ProviderName, (provider, _) => new ChaosStorage(provider.GetRequiredService<CatalogGrainStorage>(), state => NextWrite(state), state => Committed(state)));
            services.AddSingleton(Options.Create(options ?? new CampaignOptions()));
            services.AddSingleton(new CampaignCandidates(
                () => [.. Fleet], id => Fleet.Find(instance => instance.InstanceId == id && instance.State == InstanceState.Running), _ => [.. Lost]));
            services.AddSingleton<AgentLookup>(Agents.Find);
            services.AddSingleton(Options.Create(new SiloOptions { DataFolder = catalog.Folder, AnalyzerPath = AnalyzerPath }));
            services.AddSingleton(Options.Create(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off }));
            services.AddSingleton<ComparisonTable>();
            services.AddArtifacts();
            services.AddCampaignRecords();
            services.AddPeople();
            services.AddSingleton(Options.Create(Holds));
            services.AddHoldRecords();
            services.AddSingleton<FleetProf.Silo.Fleet.ServiceTable>();
            services.AddSingleton<ResultRows>();
            services.AddSingleton<StoredHeaps>();
            services.AddSingleton<HeapGrowths>();
            services.AddSingleton<StoredAllocations>();
            services.AddSingleton<ReminderKick>().AddHostedService<KickAtStart>();
            if (AnalyzerPath is not null)
            {
                services.AddHostedService(provider => provider.GetRequiredService<AnalysisQueue>());
            }
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    /// <summary>As near to kill -9 as one process allows; the next start finds the same database.</summary>
    public async Task KillAsync()
    {
        await cluster!.KillSiloAsync(cluster.Silos[0]);
        await cluster.DisposeAsync();
        cluster = null;
        catalog.Reopen();
    }

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(string action) => new AuditTable(catalog.Database).ListAsync(new AuditQuery { Action = action });

    /// <summary>Binds a real agent to its secret, as its first session does.</summary>
    public async Task EnrolAsync(string agentId, string secret)
    {
        var hub = cluster!.Client.CreateObjectReference<ISessionHub>(Fake.Of<ISessionHub>());
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        var attachment = await Grains.GetGrain<IAgentGrain>(agentId).AttachAsync(hub, "s1", new AgentHello { AgentId = agentId, SecretHash = hash, ProcessNonce = "n1" });
        Assert.Equal(AgentRefusal.None, attachment.Refusal);
    }

    /// <summary>As if an agent had told of an instance of it.</summary>
    public Task SeeServiceAsync(string service) => Database.WriteAsync(
        (connection, transaction) => connection.Execute("INSERT INTO services (service, first_seen_at, last_seen_at) VALUES (@service, 1, 1)", new { service }, transaction));

    /// <summary>A step, as the reminder brings it.</summary>
    public Task TickAsync(string id = Id) => Grains.GetGrain<IRemindable>(Grains.GetGrain<ICampaignGrain>(id).GetGrainId()).ReceiveReminder("campaign", default);

    /// <summary>Steps and lets time pass until the first target is so.</summary>
    public async Task<CampaignTarget> StepUntilAsync(FakeTimeProvider clock, Func<CampaignTarget, bool> isReached, TimeSpan pause)
    {
        const int MostSteps = 100;
        for (var step = 0; step < MostSteps; step++)
        {
            await TickAsync();
            if (await TargetAsync(1) is var target && isReached(target))
            {
                return target;
            }

            clock.Advance(pause);
        }

        throw new TimeoutException($"Not after {MostSteps * pause} of the clock: {(await TargetAsync(1)).State}");
    }

    public async Task<CampaignTarget> TargetAsync(int ordinal) => (await Campaign.GetAsync())!.Targets.Single(target => target.CaptureId == Capture(ordinal));

    public Task<bool> SucceedAsync(int ordinal, int attempt = 1) =>
        Campaign.ReportResultAsync(new CaptureReport { CaptureId = Capture(ordinal), Attempt = attempt, Sha256 = new string('a', 64), SizeBytes = 1_000, CollectedSeconds = 1 });

    public Task AnalyseAsync(int ordinal, int attempt = 1, CaptureFailure failure = CaptureFailure.None) => Campaign.ReportAnalysisAsync(
        new AnalysisReport { CaptureId = Capture(ordinal), Attempt = attempt, Failure = failure, Summary = failure == CaptureFailure.None ? new CaptureSummary { EventCount = 7 } : null });

    /// <summary>A result of an analysis, for grains that read results.</summary>
    public async Task StoreResultAsync(string captureId, string name, byte[] content)
    {
        await StoredCapture.AddResultAsync(Services.GetRequiredService<ArtifactStore>(), captureId, name, content);
        await catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            "INSERT INTO artifact_files (capture_id, name, content_type, size_bytes, sha256, run) VALUES (@captureId, @name, '', @Length, '', @Run) ON CONFLICT (capture_id, name) DO NOTHING",
            new { captureId, name, content.Length, StoredCapture.Run },
            transaction));
    }

    /// <summary>An artifact that was completely received.</summary>
    public Task ReceiveArtifactAsync(string captureId, int attempt = 1) => new ArtifactTable(catalog.Database, TimeProvider.System).AddAsync(
        new Artifact { CaptureId = captureId, CampaignId = CaptureId.CampaignOf(captureId)!, Attempt = attempt, AgentId = "agent", Kind = CaptureKind.Trace, Sha256 = new string('b', 64), SizeBytes = 2_000 },
        new StoredFile("original.nettrace", "application/octet-stream", 2_000, new string('b', 64)));

    public async Task<Campaign> UntilAsync(Func<Campaign, bool> condition, int seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        Campaign? campaign = null;
        while (true)
        {
            try
            {
                campaign = await Campaign.GetAsync(limit.Token);
                if (campaign is not null && condition(campaign))
                {
                    return campaign;
                }

                await Task.Delay(10, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Still {campaign?.State} after {seconds} s: {string.Join(", ", campaign?.Targets.GroupBy(target => (target.State, target.Failure)).Select(group => $"{group.Key} x{group.Count()}") ?? [])}");
            }
        }
    }

    public async Task<int> ReminderCountAsync() => await Database.ReadAsync(connection => connection.ExecuteScalar<int>("SELECT COUNT(*) FROM reminders"));

    public IServiceBudgetGrain Budget(string service = "checkout") => Grains.GetGrain<IServiceBudgetGrain>(service);

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }

        catalog.Dispose();
    }
}
