using Dapper;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.GcPauses;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace FleetProf.Silo.Tests.Comparisons;

/// <summary>A cluster over a catalog that outlives it. Service "shop" ran as 1.0 and is redeployed as 1.1 at <see cref="DeployedAt"/>.</summary>
internal sealed class ComparisonRig : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, int> windowCounts = [];
    private InProcessTestCluster? cluster;

    public ComparisonRig(CatalogKind? kind = null)
    {
        // Starts now: Orleans takes the same TimeProvider.
        Clock = new ClusterClock(TimeProvider.System.GetUtcNow());
        Catalog = new TemporaryCatalog(Clock, kind, () => IsDatabaseAway);
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        DeployedAt = DateTimeOffset.FromUnixTimeMilliseconds(now / 10_000 * 10_000);
    }

    public FakeTimeProvider Clock { get; }

    public TemporaryCatalog Catalog { get; }

    /// <summary>It does not answer.</summary>
    public bool IsDatabaseAway { get; set; }

    public DateTimeOffset DeployedAt { get; }

    public ComparisonTable Table => new(Catalog.Database);

    public IComparisonGrain Grain(string id) => cluster!.Client.GetGrain<IComparisonGrain>(id);

    public IComparisonQueryGrain Query => cluster!.Client.GetGrain<IComparisonQueryGrain>(0);

    public IClusterClient Client => cluster!.Client;

    public T Service<T>() where T : notnull => cluster!.Silos[0].ServiceProvider.GetRequiredService<T>();

    public async Task StartAsync(bool kicksReminders = false)
    {
        var builder = OneSilo.Builder();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Catalog.Database);
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.AddReminders();
            silo.Services.AddCatalogStorage();
            silo.Services.AddTrends();
            silo.Services.AddComparisonParts();
            if (kicksReminders)
            {
                silo.Services.AddSingleton<ReminderKick>().AddHostedService<KickAtStart>();
            }
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
    }

    /// <summary>The silo is gone; only the database file is left. Time goes on.</summary>
    public async Task KillAsync(TimeSpan away)
    {
        await cluster!.KillSiloAsync(cluster.Silos[0]);
        await cluster.DisposeAsync();
        cluster = null;
        Catalog.Reopen();
        Clock.Advance(away);
    }

    /// <summary>The catalog has seen this version start.</summary>
    public Task KnowVersionAsync(string version, DateTimeOffset startedAt, string environment = "") => Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
        "INSERT INTO service_versions (service, environment, version, first_started_at, latest_started_at) VALUES ('shop', @environment, @version, @at, @at)",
        new { version, environment, at = startedAt.ToUnixTimeMilliseconds() },
        transaction));

    /// <summary>The catalog has a deploy that began at <see cref="DeployedAt"/> or at another time, and that no agent has seen.</summary>
    public Task AddDeployAsync(string deployId, string version, string previous, string environment, DateTimeOffset? at = null) => Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
        """
        INSERT INTO deploys (deploy_id, service, environment, version, previous_version, started_at, source, is_planned)
        VALUES (@deployId, 'shop', @environment, @version, @previous, @at, 'agent', 0)
        """,
        new { deployId, environment, version, previous, at = (at ?? DeployedAt).ToUnixTimeMilliseconds() },
        transaction));

    /// <summary>Windows of an instance of "shop" in a row, each with some pauses around a length and a heap after gen2.</summary>
    public async Task AddWindowsAsync(string version, string instance, DateTimeOffset from, int count, WindowKind kind)
    {
        var random = new Random(instance.Length * 31 + instance[^1] + windowCounts.GetValueOrDefault(instance));
        windowCounts[instance] = windowCounts.GetValueOrDefault(instance) + count;
        var windows = Enumerable.Range(0, count).Select(i =>
        {
            var pauses = Enumerable.Range(0, kind.Gcs).Select(_ => kind.PauseMs * (0.8 + 0.4 * random.NextDouble())).ToArray();
            var window = SentWindows.CreateAt(instance, from.AddSeconds(i * 10), 10_000, pauses);
            window.AllocatedBytes = (long)(kind.Gcs * 1_000_000 * (0.95 + 0.1 * random.NextDouble()));
            window.Gen2AfterBytes = (long)(kind.HeapBytes * (0.97 + 0.06 * random.NextDouble()));
            return ReportedWindow.Read(window, from.AddHours(1))!;
        }).ToList();
        await new TrendTable(Catalog.Database).UpsertAsync(windows, [new InstanceOwner { InstanceId = instance, AgentId = "agent", Service = "shop", Version = version }]);
    }

    /// <summary>Six minutes of two instances of 1.0 before the deploy.</summary>
    public async Task AddBaselineAsync()
    {
        await KnowVersionAsync("1.0", DeployedAt.AddMinutes(-10));
        await AddWindowsAsync("1.0", "old-a", DeployedAt.AddMinutes(-6), 36, WindowKind.Healthy);
        await AddWindowsAsync("1.0", "old-b", DeployedAt.AddMinutes(-6), 36, WindowKind.Healthy);
    }

    public async Task AddCandidateAsync(int windows, WindowKind kind)
    {
        await AddWindowsAsync("1.1", "new-a", DeployedAt, windows, kind);
        await AddWindowsAsync("1.1", "new-b", DeployedAt, windows, kind);
    }

    /// <summary>The row of the catalog once its verdict is there.</summary>
    public async Task<Comparison> DecidedAsync(string id)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var row = await Table.FindAsync(id);
            if (row?.DecidedAt is not null)
            {
                return row;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, $"Comparison {id} is not decided: {row}");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }

        Catalog.Dispose();
    }
}
