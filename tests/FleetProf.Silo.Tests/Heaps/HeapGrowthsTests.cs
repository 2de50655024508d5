using FleetProf.Contracts.Captures;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Heaps;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Silo.Tests.Heaps;

public sealed class HeapGrowthsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    private readonly TemporaryCatalog catalog = new();
    private readonly List<TrendQuery> asked = [];
    private int captures;

    [Fact]
    public async Task Report_OfStoredSnapshots_TellsInHowManyReplicasWhatGrewAndUnderWhichLoad()
    {
        for (var hour = 0; hour < 3; hour++)
        {
            await StoreAsync("a", hour, sessions: 100 + (50 * hour));
            await StoreAsync("b", hour, sessions: 100 + (70 * hour));
            await StoreAsync("c", hour, sessions: 100);
        }

        await StoreAsync("d", 0, sessions: 100);
        await StoreAsync("a", 2, sessions: 9_000, isComplete: false);

        var report = await ReportAsync();

        var row = Assert.Single(report.Rows);
        Assert.Equal((3, 1, 1, false), (report.Replicas, report.SingleReplicas, report.LeftOutSnapshots, report.IsCut));
        Assert.Equal("What Shop.Session in static field all retains grew in 2 of 3 replicas, +60 KB/h, allocation rate +100 %.", row.Sentence);
        Assert.Equal(["static field all", "Shop.Sessions", "Shop.Session"], row.Steps);
        Assert.Equal((2, 60_000.0), (row.GrowingReplicas, row.BytesPerHour));
        Assert.Equal(("b", "host-b", 3, 100_000L, 240_000L, true), Figures(row.Replicas[0]));
        Assert.Equal(("k-0002", "k-0008"), (row.Replicas[0].FirstCaptureId, row.Replicas[0].LastCaptureId));
        Assert.Equal(2.0, report.AllocationRatio);
        Assert.All(asked, query => Assert.Equal(TimeSpan.FromMinutes(10), query.To - query.From));
        // Of longer steps the last reaches beyond the snapshot, and a part of one weighs as much as a whole one.
        Assert.All(asked, query => Assert.Equal(10, query.StepSeconds));
    }

    [Fact]
    public async Task Report_OfAnotherRangeOrVersion_HasNoRows()
    {
        await StoreAsync("a", 0, sessions: 100);
        await StoreAsync("a", 2, sessions: 900);

        Assert.Single((await ReportAsync()).Rows);
        Assert.Equal((0, 1), ((await ReportAsync(hours: 1)).Replicas, (await ReportAsync(hours: 1)).SingleReplicas));
        Assert.Empty((await ReportAsync(version: "2.0")).Rows);
    }

    [Fact]
    public async Task Report_OfAReplicaWithSnapshotsThatTookNoPart_NamesThoseThatWereMeasured()
    {
        await StoreAsync("a", 0, sessions: 9_000, isComplete: false);
        await StoreAsync("a", 1, sessions: 100);
        await StoreAsync("a", 2, sessions: 200);
        await StoreAsync("a", 3, sessions: 9_000);
        await Store.RemoveAsync("k-0004", TestContext.Current.CancellationToken);

        var report = await ReportAsync();

        var replica = Assert.Single(Assert.Single(report.Rows).Replicas);
        Assert.Equal(("a", "host-a", 2, 100_000L, 200_000L, true), Figures(replica));
        Assert.Equal(("k-0002", "k-0003"), (replica.FirstCaptureId, replica.LastCaptureId));
        Assert.Equal(2, report.LeftOutSnapshots);
        Assert.Equal([Start.AddHours(1), Start.AddHours(2)], asked.Select(query => query.To));
    }

    [Fact]
    public async Task Report_OfAVersionBeforeManySnapshotsOfALaterOne_HasItsReplica()
    {
        await StoreAsync("a", 0, sessions: 100);
        await StoreAsync("a", 1, sessions: 900);
        await CatalogAsync([.. Enumerable.Range(0, 400).Select(minute => NextCapture("b", Start.AddHours(2).AddMinutes(minute)) with { Version = "2.0" })]);

        var report = await ReportAsync(version: "1.0");

        Assert.Equal((1, 0, false), (report.Replicas, report.LeftOutSnapshots, report.IsCut));
        Assert.Single(report.Rows);
    }

    /// <summary>A second one of the same process would have no tree either.</summary>
    [Fact]
    public async Task Report_OfProfilesOfGo_CountsThemApart()
    {
        await CatalogAsync([.. Enumerable.Range(0, 3).Select(hour => NextCapture("a", Start.AddHours(hour)) with { Summary = new CaptureSummary { Runtime = "Go" } })]);

        var report = await ReportAsync();

        Assert.Equal((3, 0, 0, 0), (report.GoProfiles, report.Replicas, report.SingleReplicas, report.LeftOutSnapshots));
        Assert.Empty(report.Rows);
    }

    [Fact]
    public async Task Report_OfMoreSnapshotsThanAreLookedAt_LeavesNoReplicaOutAndSaysSo()
    {
        await StoreAsync("a", 0, sessions: 100);
        await StoreAsync("a", 1, sessions: 900);
        await CatalogAsync([.. Enumerable.Range(0, 101).Select(minute => NextCapture("b", Start.AddHours(2).AddMinutes(minute)))]);

        var report = await ReportAsync();

        Assert.Equal((1, 98, true), (report.Replicas, report.LeftOutSnapshots, report.IsCut));
    }

    public void Dispose() => catalog.Dispose();

    private static (string Id, string Host, int Snapshots, long First, long Last, bool IsGrowing) Figures(HeapGrowthReplica replica) =>
        (replica.InstanceId, replica.Host, replica.Snapshots, replica.FirstBytes, replica.LastBytes, replica.IsGrowing);

    private ArtifactStore Store => new(catalog.Folder, runOf: StoredCapture.RunOfAsync);

    private Task<HeapGrowthReport> ReportAsync(int hours = 24, string? version = null)
    {
        var pauses = Fake.Of<IGcPauseQueryGrain>((nameof(IGcPauseQueryGrain.GetTrendAsync), arguments => Task.FromResult(Trend((TrendQuery)arguments[0]!))));
        var growths = new HeapGrowths(new StoredHeaps(Store, NullLogger<StoredHeaps>.Instance), new CaptureTable(catalog.Database));
        return growths.ReportAsync(new() { Service = "checkout", Version = version, From = Start, To = Start.AddHours(hours) }, pauses, TestContext.Current.CancellationToken);
    }

    // A service whose load doubles after an hour; nobody watched the last minutes.
    private Trend Trend(TrendQuery query)
    {
        asked.Add(query);
        var rate = query.To > Start.AddHours(1) ? 2_000_000.0 : 1_000_000;
        return new()
        {
            Service = query.Service, StepSeconds = query.StepSeconds,
            Points =
            [
                new() { WindowStart = query.From, WindowSeconds = query.StepSeconds, ObservedFraction = 1, AllocatedBytesPerSecond = rate },
                new() { WindowStart = query.To, WindowSeconds = query.StepSeconds, ObservedFraction = 0, AllocatedBytesPerSecond = 0 },
            ],
        };
    }

    private async Task StoreAsync(string replica, int hour, int sessions, bool isComplete = true)
    {
        var capture = NextCapture(replica, Start.AddHours(hour)) with { Summary = new CaptureSummary { IsComplete = isComplete, ObjectCount = sessions } };
        await CatalogAsync([capture]);
        await StoredCapture.AddResultAsync(Store, capture.CaptureId, StoredSessions.Name, StoredSessions.Tree(sessions, isComplete));
    }

    private Task<int> CatalogAsync(Capture[] stored) =>
        catalog.Database.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, stored, 1), TestContext.Current.CancellationToken);

    private Capture NextCapture(string replica, DateTimeOffset at) => new()
    {
        CaptureId = $"k-{++captures:d4}", CampaignId = "k", InstanceId = replica, Service = "checkout", Version = "1.0", Host = $"host-{replica}", Kind = CaptureKind.Gcdump, State = CaptureState.Ready,
        RequestedAt = at, StartedAt = at, Summary = new CaptureSummary { IsComplete = true },
    };
}
