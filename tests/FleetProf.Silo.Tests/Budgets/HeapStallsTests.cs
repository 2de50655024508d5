using FleetProf.Analysis.Budgets;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Budgets;

public sealed class HeapStallsTests : IDisposable
{
    private readonly TemporaryCatalog catalog = new();

    /// <summary>A heap that has outgrown the largest file is cut each time: its service must not pass for one of which nothing is known.</summary>
    [Fact]
    public async Task Rates_BehindTenSnapshotsThatTellNothing_AreThoseOfEarlierOnes()
    {
        var earlier = new Capture
        {
            CaptureId = "earlier-0001", CampaignId = "earlier", InstanceId = "i", Service = "checkout", Kind = CaptureKind.Gcdump, State = CaptureState.Ready, StallMs = 600,
            RequestedAt = DateTimeOffset.UnixEpoch.AddYears(50), Summary = new CaptureSummary { ObjectCount = 2_000_000, HeapBytes = 140_000_000 },
        };
        var cut = Enumerable.Range(1, 10).Select(minute => earlier with
        {
            CaptureId = $"cut-{minute:d4}", RequestedAt = earlier.RequestedAt.AddMinutes(minute), StallMs = 9_000, Summary = new CaptureSummary { ObjectCount = 4_000_000, HeapBytes = 280_000_000, IsComplete = false },
        });
        await catalog.Database.WriteAsync((connection, transaction) => CaptureTable.Upsert(connection, transaction, [earlier, .. cut], 1), TestContext.Current.CancellationToken);

        Assert.Equal(new HeapStallRates(0.3, 70, 1), await new HeapStalls(new CaptureTable(catalog.Database)).RatesOfAsync("checkout", "h", TestContext.Current.CancellationToken));
    }

    public void Dispose() => catalog.Dispose();
}
