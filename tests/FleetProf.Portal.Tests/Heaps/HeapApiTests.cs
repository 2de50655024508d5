using System.Net;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Heaps;

public sealed class HeapApiTests(PortalFixture fixture)
{
    private IEnumerable<string> Snapshots => fixture.Silo.World.Captures().Where(capture => capture is { Kind: CaptureKind.Gcdump, State: CaptureState.Ready }).Select(capture => capture.CaptureId);

    [Fact]
    public async Task Dominators_Paged_AnswerRowAncestorsAndChildren()
    {
        using var client = fixture.Portal.Authorised();
        var wide = FakeHeap.IdOf("stacks or thread-static fields");

        var page = await client.JsonAsync($"/api/v1/captures/{Snapshots.First()}/heap/dominators?node={wide}&skip=100&take=7");

        Assert.Equal(("stacks or thread-static fields", FakeHeap.WideChildren, 7, "heap"),
            ((string?)page["row"]!["name"], (int)page["row"]!["childCount"]!, page["rows"]!.AsArray().Count, (string?)page["ancestors"]![0]!["name"]));
    }

    [Theory]
    [InlineData("heap/dominators?node=99999999", HttpStatusCode.NotFound)]
    [InlineData("heap/dominators?node=-1", HttpStatusCode.BadRequest)]
    [InlineData("heap/dominators?take=201", HttpStatusCode.BadRequest)]
    [InlineData("heap/dominators?row=1", HttpStatusCode.BadRequest)]
    [InlineData("heap/paths", HttpStatusCode.BadRequest)]
    [InlineData("heap/paths?type=No.Such", HttpStatusCode.NotFound)]
    [InlineData("heap/paths?type=Example.Checkout.Carts.Cart&module=No.Such", HttpStatusCode.NotFound)]
    public async Task Question_ThatHasNoAnswer_IsRefusedWithItsReason(string route, HttpStatusCode status)
    {
        using var client = fixture.Portal.Authorised();

        // Not of the snapshot at which a browser looks meanwhile: what it asks is counted.
        var answer = await client.GetAsync($"/api/v1/captures/{Snapshots.Last()}/{route}", TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Paths_OfATypeOfOneAssembly_AreAnswered()
    {
        using var client = fixture.Portal.Authorised();

        var paths = await client.JsonAsync($"/api/v1/captures/{Snapshots.First()}/heap/paths?type={FakeHeap.Cart}&module={FakeHeap.OtherModule}");

        Assert.Equal((FakeHeap.Cart, 3), ((string?)paths["type"], paths["paths"]!.AsArray().Count));
    }

    [Fact]
    public async Task Diff_OfTwoSnapshots_IsTyped()
    {
        using var client = fixture.Portal.Authorised();
        var (to, from) = (Snapshots.First(), Snapshots.Last());

        var diff = await client.JsonAsync($"/api/v1/heaps/diff?from={from}&to={to}");

        Assert.Equal((from, to, 61), ((string?)diff["from"]!["captureId"], (string?)diff["to"]!["captureId"], diff["rows"]!.AsArray().Count));
    }

    [Fact]
    public async Task Diff_OfOneSnapshotOrOtherKinds_IsRefused()
    {
        using var client = fixture.Portal.Authorised();
        var trace = fixture.Silo.World.Captures().First(capture => capture is { Kind: CaptureKind.Trace, State: CaptureState.Ready }).CaptureId;

        var same = await client.GetAsync($"/api/v1/heaps/diff?from={Snapshots.First()}&to={Snapshots.First()}", TestContext.Current.CancellationToken);
        var other = await client.GetAsync($"/api/v1/heaps/diff?from={trace}&to={Snapshots.First()}", TestContext.Current.CancellationToken);
        var unknown = await client.GetAsync($"/api/v1/heaps/diff?from=no-such&to={Snapshots.First()}", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (same.StatusCode, other.StatusCode, unknown.StatusCode));
        Assert.Contains("Choose two different snapshots.", await same.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("must be heap snapshots", await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>As the dual view asks too.</summary>
    [Theory]
    [InlineData("early")]
    [InlineData("late")]
    public async Task Diff_OfASnapshotWhoseFilesWereDeleted_IsGoneAndSaysWhy(string deleted)
    {
        var removedAt = DateTimeOffset.UnixEpoch.AddDays(3);
        var cluster = PlayedGrains.Cluster((_, arguments) => Task.FromResult<Capture?>(new()
        {
            CaptureId = (string)arguments[0]!, CampaignId = "c1", InstanceId = "i1", Service = "checkout", Kind = CaptureKind.Gcdump, State = CaptureState.Ready,
            RemovedAt = deleted.Equals(arguments[0]) ? removedAt : null, RemovedBecause = RemovalReason.Age,
        }));

        var problem = await CaptureApi.ProblemOfPairAsync(cluster, ("early", "late"), (HeapPair.WhyNot, "to"), TestContext.Current.CancellationToken);

        Assert.Equal(410, problem!.StatusCode);
        Assert.Contains("deleted by retention on 1970-01-04 00:00 UTC, because it was older than captures are kept", problem.ProblemDetails.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Growth_UpToTheBeginningOfTime_IsRefusedWithItsReason()
    {
        using var client = fixture.Portal.Authorised();

        using var answer = await client.GetAsync("/api/v1/services/checkout/heap-growth?to=0001-01-01T00:00:00Z", TestContext.Current.CancellationToken);

        Assert.Equal("It must be before to.", (string?)(await answer.InvalidAsync("from"))[0]);
    }

    [Fact]
    public async Task Growth_OfAService_IsTypedAndChecked()
    {
        using var client = fixture.Portal.Authorised();
        var cancel = TestContext.Current.CancellationToken;

        var growth = await client.JsonAsync("/api/v1/services/checkout/heap-growth");
        var backwards = await client.GetAsync("/api/v1/services/checkout/heap-growth?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", cancel);
        var unknown = await client.GetAsync("/api/v1/services/no-such/heap-growth", cancel);

        Assert.Equal((6, 5, 5), ((int)growth["replicas"]!, growth["rows"]!.AsArray().Count, (int)growth["rows"]![0]!["growingReplicas"]!));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (backwards.StatusCode, unknown.StatusCode));
    }
}
