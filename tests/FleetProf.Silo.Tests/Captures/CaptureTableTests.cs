using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

public abstract class CaptureTableTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(60);

    private readonly TemporaryCatalog catalog;
    private readonly CampaignTable campaigns;
    private readonly CaptureTable captures;

    protected CaptureTableTests(CatalogKind kind)
    {
        catalog = new TemporaryCatalog(kind: kind);
        campaigns = new CampaignTable(catalog.Database);
        captures = new CaptureTable(catalog.Database);
    }

    [Fact]
    public async Task Row_OfACapture_ComesBackWhole()
    {
        var capture = Capture("k1-0001") with
        {
            Version = "1.1", Host = "h", State = CaptureState.Ready, Phase = CapturePhase.Analysing, Failure = CaptureFailure.ByteLimitReached, Detail = "cut",
            Attempt = 3, InclusionProbability = 2.0 / 3, StartedAt = Start.AddSeconds(1), EndedAt = Start.AddSeconds(9), DurationSeconds = 10,
            Sha256 = new string('c', 64), SizeBytes = long.MaxValue, IsPartial = true, IsBiased = true, StallMs = 12.5, RequestedBy = "ann", Reason = "why; '--",
            Summary = new CaptureSummary { DurationMs = double.PositiveInfinity, EventCount = 9, IsComplete = false, IncompleteReason = "end" }, DoneSeconds = 4, TotalSeconds = 10,
            WhenPauseOverMs = 12.5,
            Trigger = new TriggerPause { Number = 812, Generation = 2, Kind = "blocking", Reason = "Induced", PauseMs = 143.25, SuspendMs = 0.5, EndedAt = Start, PromotedBytes = 9, Evidence = "why" },
        };
        await campaigns.WriteAsync(Row("k1"), [capture], 1);

        Assert.Equal(capture, await captures.FindAsync("k1-0001"));
        Assert.Null(await captures.FindAsync("k1-0002"));
    }

    /// <summary>A server takes neither a NUL nor half a character; the row must be kept all the same.</summary>
    [Fact]
    public async Task Row_WithTextsThatAreNone_IsKept()
    {
        await campaigns.WriteAsync(Row("k1") with { Name = "le\0ak" }, [Capture("k1-0001") with { Reason = "a\0b", Detail = "cut \ud83d" }], 1);

        Assert.StartsWith("le", Assert.Single(await campaigns.ListAsync(10)).Name, StringComparison.Ordinal);
        Assert.StartsWith("cut ", (await captures.FindAsync("k1-0001"))!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_OfAnOlderStep_NeverReplacesANewerOne()
    {
        await campaigns.WriteAsync(Row("k1") with { State = CampaignState.Completed }, [Capture("k1-0001") with { State = CaptureState.Ready }], 5);
        await campaigns.WriteAsync(Row("k1"), [Capture("k1-0001"), Capture("k1-0002")], 4);
        await campaigns.WriteAsync(Row("k1"), [Capture("k1-0003") with { DoneSeconds = 1 }], 5);
        await campaigns.WriteAsync(Row("k1"), [Capture("k1-0003") with { DoneSeconds = 2 }], 5);

        Assert.Equal(CampaignState.Completed, Assert.Single(await campaigns.ListAsync(10)).State);
        Assert.Equal(CaptureState.Ready, (await captures.FindAsync("k1-0001"))!.State);
        Assert.NotNull(await captures.FindAsync("k1-0002"));
        Assert.Equal(2, (await captures.FindAsync("k1-0003"))!.DoneSeconds);
    }

    [Fact]
    public async Task List_OfAFilter_FitsAllOfItNewestFirst()
    {
        await campaigns.WriteAsync(
            Row("k1"),
            [
                Capture("k1-0001"),
                Capture("k1-0002") with { Kind = CaptureKind.Gcdump, RequestedAt = Start.AddHours(1), State = CaptureState.Failed },
                Capture("k1-0003") with { Service = "catalog", InstanceId = "other", RequestedAt = Start.AddHours(2) },
            ],
            1);
        await campaigns.WriteAsync(Row("k2"), [Capture("k2-0001") with { CampaignId = "k2", RequestedAt = Start.AddHours(3) }], 1);

        Assert.Equal("k2-0001 k1-0003 k1-0002 k1-0001", await IdsAsync(new CaptureFilter()));
        Assert.Equal("k1-0003 k1-0002 k1-0001", await IdsAsync(new CaptureFilter { CampaignId = "k1" }));
        Assert.Equal("k1-0003", await IdsAsync(new CaptureFilter { Service = "catalog" }));
        Assert.Equal("k1-0003", await IdsAsync(new CaptureFilter { InstanceId = "other" }));
        Assert.Equal("k1-0002", await IdsAsync(new CaptureFilter { Kind = CaptureKind.Gcdump, State = CaptureState.Failed }));
        Assert.Equal("k2-0001 k1-0003 k1-0002", await IdsAsync(new CaptureFilter { From = Start.AddHours(1), To = Start.AddHours(3) }));
        Assert.Equal("k2-0001", await IdsAsync(new CaptureFilter { Limit = 1 }));
        Assert.Equal("", await IdsAsync(new CaptureFilter { Service = "' OR 1=1 --" }));
    }

    [Fact]
    public async Task List_UntilATime_HasThoseOfThatVeryTime()
    {
        await campaigns.WriteAsync(Row("k1"), [Capture("k1-0001"), Capture("k1-0002") with { RequestedAt = Start.AddMilliseconds(1) }], 1);

        Assert.Equal("k1-0001", await IdsAsync(new CaptureFilter { To = Start }));
    }

    [Fact]
    public async Task List_OfCampaigns_IsNewestFirstAndWhole()
    {
        var row = Row("k1") with { Name = "leak", EndedAt = Start.AddMinutes(1), Services = ["a", "b"], Kinds = [CaptureKind.Gc, CaptureKind.Alloc], TargetCount = 4, ReadyCount = 3, FailedCount = 1, Cron = "* * * * *", RequestedBy = "ann", ParentId = "k0" };
        await campaigns.WriteAsync(row, [], 1);
        await campaigns.WriteAsync(Row("k2") with { CreatedAt = Start.AddSeconds(1) }, [], 1);

        var rows = await campaigns.ListAsync(10);
        Assert.Equal(["k2", "k1"], rows.Select(listed => listed.CampaignId));
        Assert.Equivalent(row, rows[1], strict: true);
        Assert.Single(await campaigns.ListAsync(1));
    }

    public void Dispose() => catalog.Dispose();

    private async Task<string> IdsAsync(CaptureFilter filter) => string.Join(' ', (await captures.ListAsync(filter, filter.Limit)).Select(capture => capture.CaptureId));

    private static Capture Capture(string id) =>
        new() { CaptureId = id, CampaignId = "k1", InstanceId = "i1", Service = "checkout", Kind = CaptureKind.Trace, RequestedAt = Start };

    private static CampaignRow Row(string id) => new() { CampaignId = id, State = CampaignState.Running, CreatedAt = Start };
}

public sealed class CaptureTableOnSqliteTests() : CaptureTableTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class CaptureTableOnPostgresTests() : CaptureTableTests(CatalogKind.Postgres);
