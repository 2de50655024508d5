using Dapper;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Captures.Retention;

/// <summary>The real tables, store and retention over a temporary folder, with captures that are put there directly.</summary>
internal sealed class RetentionRig : IDisposable
{
    private readonly TemporaryCatalog catalog;

    public RetentionRig(CatalogKind? kind = null)
    {
        catalog = new TemporaryCatalog(Clock, kind);
        Shelf = new StuckShelf(new FolderShelf(Path.Combine(catalog.Folder, "artifacts"), () => ShelfBytes ?? FreeBytes));
        Store = new ArtifactStore(catalog.Folder, freeBytes: () => FreeBytes, shelf: Shelf);
        Open();
    }

    public SteppedClock Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    public CaptureOptions Options { get; } = new() { ReserveBytes = 0 };

    public long FreeBytes { get; set; } = 1L << 40;

    /// <summary>Where stored files lie elsewhere; null: on the volume of the data folder.</summary>
    public long? ShelfBytes { get; set; }

    public StuckShelf Shelf { get; }

    public ArtifactStore Store { get; }

    public ArtifactTable Artifacts { get; private set; } = null!;

    public RetentionTable Table { get; private set; } = null!;

    public CaptureRetention Retention { get; private set; } = null!;

    public CaptureTable Captures => new(catalog.Database);

    public AuditTable Audit => new(catalog.Database);

    public ComparisonTable Comparisons => new(catalog.Database);

    public List<Experiment> Experiments { get; } = [];

    /// <summary>What asking for the experiments of a service throws.</summary>
    public Dictionary<string, Exception> ExperimentProblems { get; } = [];

    public RecordedLog<CitationReader> CitationLog { get; } = new();

    public string Folder => catalog.Folder;

    public static string IdOf(int number) => CaptureId.Of(CaptureRig.CampaignId, number);

    public bool HasFiles(int number) => File.Exists(StoredCapture.OriginalPath(Folder, IdOf(number)));

    /// <summary>A capture that is analysed and reported, with an original and one result of together <paramref name="bytes"/> bytes, received now.</summary>
    public async Task AddAsync(int number, int bytes = 100, string service = "checkout", string version = "1", string instance = "i1", bool isReported = true, DateTimeOffset? startedAt = null)
    {
        var id = IdOf(number);
        var capture = new Capture
        {
            CaptureId = id, CampaignId = CaptureRig.CampaignId, InstanceId = instance, Service = service, Version = version, Kind = CaptureKind.Trace,
            State = CaptureState.Ready, Attempt = 1, RequestedAt = startedAt ?? Clock.GetUtcNow(), StartedAt = startedAt, Summary = new CaptureSummary { GcCount = 3 },
        };
        await catalog.Database.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, [capture], 1));
        var results = Directory.CreateDirectory(Path.Combine(Folder, "artifacts", id, "analysis")).FullName;
        await File.WriteAllBytesAsync(StoredCapture.OriginalPath(Folder, id), new byte[bytes / 2]);
        await File.WriteAllBytesAsync(Path.Combine(results, "gcs.json"), new byte[bytes - (bytes / 2)]);
        var sha = new string('a', 64);
        var artifact = new Artifact { CaptureId = id, CampaignId = CaptureRig.CampaignId, Attempt = 1, AgentId = "agent1", Kind = CaptureKind.Trace, Sha256 = sha, SizeBytes = bytes / 2 };
        await Artifacts.AddAsync(artifact, new StoredFile("original.nettrace", "application/octet-stream", bytes / 2, sha));
        await Artifacts.FinishAsync(artifact with { State = ArtifactState.Analysed, SummaryJson = "{}", AnalysedAt = Clock.GetUtcNow() }, [new StoredFile("gcs.json", "application/json", bytes - (bytes / 2), sha)]);
        if (isReported)
        {
            await Artifacts.MarkReportedAsync(id, 1);
        }
    }

    /// <summary>Of another silo of this catalog, or of this one after a start.</summary>
    public SettledClock ClockOf(TimeProvider host) => new(catalog.Database, host);

    /// <summary>The newest window of any agent begins now.</summary>
    public Task AddWindowAsync() => catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
        "INSERT INTO trend_instances (instance_id, agent_id, first_window, last_window) VALUES ('i1', 'agent1', @now, @now) ON CONFLICT (instance_id) DO UPDATE SET last_window = @now",
        new { now = Clock.GetUtcNow().ToUnixTimeMilliseconds() },
        transaction));

    public Task DamageComparisonsAsync() => catalog.Database.WriteAsync((connection, transaction) => connection.Execute("UPDATE comparisons SET comparison_json = '{'", transaction: transaction));

    /// <summary>Everything that lives in memory is new.</summary>
    public void Restart()
    {
        Retention.Dispose();
        catalog.Reopen();
        Open();
    }

    public void Dispose()
    {
        Retention.Dispose();
        catalog.Dispose();
    }

    private void Open()
    {
        Artifacts = new ArtifactTable(catalog.Database, Clock);
        Table = new RetentionTable(catalog.Database, Clock);
        var grains = Fake.Of<IGrainFactory>((nameof(IGrainFactory.GetGrain), arguments => ExperimentsOf((string)arguments[0]!)));
        Retention = new CaptureRetention(
            Table, Store, new RetentionJournal(NullLogger<RetentionJournal>.Instance), new CitationReader(Comparisons, grains, CitationLog), Microsoft.Extensions.Options.Options.Create(Options),
            ClockOf(Clock));
    }

    private IServiceExperimentsGrain ExperimentsOf(string service) => Fake.Of<IServiceExperimentsGrain>((
        nameof(IServiceExperimentsGrain.ListAsync),
        _ => ExperimentProblems.TryGetValue(service, out var problem) ? Task.FromException<IReadOnlyList<Experiment>>(problem) : Task.FromResult<IReadOnlyList<Experiment>>(Experiments)));
}
