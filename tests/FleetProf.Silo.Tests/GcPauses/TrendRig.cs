using FleetProf.AgentProtocol;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Export;
using FleetProf.Silo.GcPauses.Otlp;
using FleetProf.Silo.GcPauses.Queries;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.GcPauses;

/// <summary>Intake and trend store over a catalog of their own, at noon.</summary>
internal sealed class TrendRig : IDisposable
{
    private ServiceProvider services;

    public TrendRig(CatalogKind? kind = null)
    {
        Clock = new FakeTimeProvider(SentWindows.Noon);
        Catalog = new TemporaryCatalog(Clock, kind);
        services = Build();
    }

    public FakeTimeProvider Clock { get; }

    public TemporaryCatalog Catalog { get; }

    public RecordedLog<VitalsIntake> IntakeLog { get; } = new();

    public LiveFleet Fleet => services.GetRequiredService<LiveFleet>();

    public TrendTable Table => services.GetRequiredService<TrendTable>();

    public TrendQueries Trends => services.GetRequiredService<TrendQueries>();

    public LongestQueries Longest => services.GetRequiredService<LongestQueries>();

    public CauseQueries Causes => services.GetRequiredService<CauseQueries>();

    public HarmQueries Harm => services.GetRequiredService<HarmQueries>();

    public KnobQueries Knobs => services.GetRequiredService<KnobQueries>();

    public AdviceQueries Advice => services.GetRequiredService<AdviceQueries>();

    public FleetExposition Exposition => services.GetRequiredService<FleetExposition>();

    public FleetTotals Totals => services.GetRequiredService<FleetTotals>();

    public FleetRequests Requests => RequestsOf("host:11111");

    public TrendReader Reader => services.GetRequiredService<TrendReader>();

    public TrendRoller Roller => services.GetRequiredService<TrendRoller>();

    public LateArrivals Late => services.GetRequiredService<LateArrivals>();

    public TrendRetention Retention => services.GetRequiredService<TrendRetention>();

    public LiveVitals Live => services.GetRequiredService<LiveVitals>();

    /// <summary>As a silo of this name sends them.</summary>
    public FleetRequests RequestsOf(string silo) => new(Totals, Clock, silo);

    public InstanceVitals? VitalsOf(string instanceId) => Fleet.Find(instanceId)?.Vitals;

    public Task AcceptAsync(string agentId, VitalsBatch batch) => services.GetRequiredService<VitalsIntake>().AcceptAsync(agentId, batch);

    public Task<Trend> ReadAsync(TrendQuery query) => Trends.GetTrendAsync(query);

    /// <summary>The first minutes after noon of service "shop".</summary>
    public Task<Trend> ReadMinutesAsync(int minutes, int step = 10, bool perInstance = false) => ReadAsync(
        new TrendQuery { Service = "shop", From = SentWindows.Noon, To = SentWindows.Noon.AddMinutes(minutes), StepSeconds = step, PerInstance = perInstance });

    /// <summary>The agent runs these instances of "shop", given as "id" or "id@version".</summary>
    public void ShowInventory(string agentId, params string[] instances) => Fleet.ShowInventory(
        agentId,
        [.. instances.Select(text => text.Split('@')).Select(parts => new Contracts.Fleet.Instance
        {
            InstanceId = parts[0],
            Service = "shop",
            Version = parts.ElementAtOrDefault(1) ?? "1.0",
            AgentId = agentId,
        })]);

    /// <summary>As after a kill -9: the database is opened again, nothing else is left.</summary>
    public void Restart()
    {
        services.Dispose();
        Catalog.Reopen();
        services = Build();
    }

    public void Dispose()
    {
        services.Dispose();
        Catalog.Dispose();
    }

    private ServiceProvider Build() => new ServiceCollection()
        .AddLogging()
        .AddSingleton<ILogger<VitalsIntake>>(IntakeLog)
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton(_ => Catalog.Database)
        .AddTrends()
        .BuildServiceProvider();
}
