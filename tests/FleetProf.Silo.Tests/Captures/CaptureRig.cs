using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Comparisons;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Storage;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using CaptureKind = FleetProf.Contracts.Captures.CaptureKind;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>The real intake, store, table and queue over a temporary folder, with one campaign of one capture ordered from agent "agent1".</summary>
internal sealed class CaptureRig : IDisposable
{
    public const string CampaignId = "01jz0000000000000000000000";
    public const string Agent = "agent1";
    public const string Secret = "secret1";

    private readonly TemporaryCatalog catalog;
    private readonly ApplicationLifetime lifetime = new(LoggerFactory.Create(_ => { }).CreateLogger<ApplicationLifetime>());
    private ServiceProvider services;

    public CaptureRig(CaptureOptions? options = null, string? analyzerPath = null, TimeProvider? clock = null, CatalogKind? kind = null)
    {
        catalog = new TemporaryCatalog(kind: kind, isAway: () => IsDatabaseAway);
        Options = options ?? new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off };
        AnalyzerPath = analyzerPath;
        Clock = clock ?? TimeProvider.System;
        services = Build();
    }

    public static string Capture { get; } = CaptureId.Of(CampaignId, 1);

    public CaptureOptions Options { get; }

    public string? AnalyzerPath { get; set; }

    public TimeProvider Clock { get; }

    public string Folder => catalog.Folder;

    public CampaignTarget Target { get; set; } = new()
    {
        CaptureId = Capture, InstanceId = "i1", Service = "checkout", AgentId = Agent, Kind = CaptureKind.Trace,
        InclusionProbability = 1, State = CaptureState.Running, Attempt = 1,
    };

    /// <summary>What the campaign was told; failures of the campaign come first.</summary>
    public ConcurrentQueue<AnalysisReport> Reports { get; } = [];

    public ConcurrentQueue<CaptureProgressReport> Progress { get; } = [];

    public int ReportsToRefuse { get; set; }

    /// <summary>While it is, nothing can be read or written.</summary>
    public bool IsDatabaseAway { get; set; }

    /// <summary>What asking the campaign throws; null: it answers.</summary>
    public Exception? CampaignFailure { get; set; }

    public UploadIntake Intake => services.GetRequiredService<UploadIntake>();

    public UploadCompletions Completions => services.GetRequiredService<UploadCompletions>();

    public ArtifactTable Table => services.GetRequiredService<ArtifactTable>();

    public ArtifactStore Store => services.GetRequiredService<ArtifactStore>();

    public AgentRefusals Refusals => services.GetRequiredService<AgentRefusals>();

    public CatalogDatabase Database => catalog.Database;

    public AuditTable Audit => new(catalog.Database);

    public CaptureFiles Files => services.GetRequiredService<CaptureFiles>();

    public AnalysisQueue Queue => services.GetRequiredService<AnalysisQueue>();

    public static UploadOffer Offer(byte[] content) => new()
    {
        AgentId = Agent, AgentSecret = Secret, CaptureId = Capture, Attempt = 1, SizeBytes = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
    };

    public static byte[] Content(int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        return content;
    }

    public static UploadChunk Chunk(byte[] content, long offset, int length, UploadOffer? offer = null, bool hasNext = false) =>
        new() { Offer = offer, Offset = offset, Data = ByteString.CopyFrom(content, (int)offset, length), HasNext = hasNext };

    /// <summary>The plain bytes of a stored file.</summary>
    public Task<byte[]> ReadAsync(string name) => StoredCapture.ReadAsync(Store, Capture, name);

    /// <summary>Uploads everything in one stream and completes it.</summary>
    public async Task<UploadStatus> UploadAsync(byte[] content, UploadOffer? offer = null)
    {
        offer ??= Offer(content);
        await Intake.BeginAsync(offer);
        await Intake.ReceiveAsync(new ChunkStream(Chunk(content, 0, content.Length, offer)), new StatusStream());
        return await Intake.CompleteAsync(offer);
    }

    public async Task StartQueueAsync()
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            lifetime.NotifyStarted();
        }

        await Queue.StartAsync(CancellationToken.None);
    }

    /// <summary>Everything that lives in memory is new; folder and database stay.</summary>
    public async Task RestartAsync()
    {
        await Queue.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        catalog.Reopen();
        services = Build();
    }

    /// <summary>Takes a table away, or brings it back.</summary>
    public async Task RenameAsync(string from, string to) => await catalog.Database.WriteAsync(
        (connection, transaction) => connection.Execute($"ALTER TABLE {from} RENAME TO {to}", transaction: transaction));

    public async Task<AnalysisReport> NextReportAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        AnalysisReport? report;
        while (!Reports.TryDequeue(out report))
        {
            await Task.Delay(20, limit.Token);
        }

        return report;
    }

    public void Dispose()
    {
        Queue.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        services.Dispose();
        catalog.Dispose();
    }

    private ServiceProvider Build()
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton(catalog.Database);
        collection.AddSingleton(Clock);
        collection.AddSingleton<IHostApplicationLifetime>(lifetime);
        collection.AddSingleton<IOptions<CaptureOptions>>(_ => Microsoft.Extensions.Options.Options.Create(Options));
        collection.AddSingleton<IOptions<SiloOptions>>(_ => Microsoft.Extensions.Options.Options.Create(new SiloOptions { DataFolder = Folder, AnalyzerPath = AnalyzerPath, ArtifactKey = Path.Combine(Folder, "keys", "artifact.key") }));
        collection.AddSingleton(Grains());
        collection.AddSingleton<AgentRefusals>();
        collection.AddSingleton<AccessLog>();
        collection.AddSingleton<ComparisonTable>();
        collection.AddArtifacts();
        return collection.BuildServiceProvider();
    }

    private IGrainFactory Grains()
    {
        var secretHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        var agent = Fake.Of<IAgentGrain>((nameof(IAgentGrain.VerifyAsync), args => Task.FromResult((string)args[0]! == secretHash)));
        var stranger = Fake.Of<IAgentGrain>((nameof(IAgentGrain.VerifyAsync), _ => Task.FromResult(true)));
        var unknown = Fake.Of<ICampaignGrain>((nameof(ICampaignGrain.GetOneAsync), _ => Task.FromResult<Campaign?>(null)));
        var campaign = Fake.Of<ICampaignGrain>(
            (nameof(ICampaignGrain.GetOneAsync), _ => CampaignFailure is { } failure ? Task.FromException<Campaign?>(failure) : Task.FromResult<Campaign?>(Campaign())),
            (nameof(ICampaignGrain.ReportProgressAsync), args =>
            {
                Progress.Enqueue((CaptureProgressReport)args[0]!);
                return Task.CompletedTask;
            }),
            (nameof(ICampaignGrain.ReportAnalysisAsync), args =>
            {
                if (ReportsToRefuse-- > 0)
                {
                    return Task.FromException(new TimeoutException("injected"));
                }

                Reports.Enqueue((AnalysisReport)args[0]!);
                return Task.CompletedTask;
            }));
        var comparisons = Fake.Of<IComparisonQueryGrain>((nameof(IComparisonQueryGrain.ListAsync), _ => Task.FromResult<IReadOnlyList<Comparison>>([])));
        return Fake.Of<IGrainFactory>((nameof(IGrainFactory.GetGrain), args => args[0] switch
        {
            long => comparisons,
            CampaignId => campaign,
            Agent => agent,
            string { Length: > 20 } => unknown,
            _ => stranger,
        }));
    }

    private Campaign Campaign() => new()
    {
        CampaignId = CampaignId,
        Spec = new CampaignSpec { Selector = new CampaignSelector(), Kinds = [CaptureKind.Trace], MaxBytes = 1_000_000 },
        State = CampaignState.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Targets = [Target],
    };
}
