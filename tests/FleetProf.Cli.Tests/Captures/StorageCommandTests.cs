using System.Text.Json.Nodes;
using FleetProf.Cli.Tests.Stub;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Tests.Captures;

public sealed class StorageCommandTests : IDisposable
{
    private readonly StubPortal _portal = new StubPortal()
        .On("POST /api/v1/captures/c1-0000/pin?reason=incident%2012", new { }).On("POST /api/v1/captures/c1-0000/unpin", new { })
        .On("GET /api/v1/storage", new StorageReport
        {
            Bytes = 3 << 20, Captures = 2, Pinned = 1, HeldBytes = 1 << 20, FreeBytes = 5L << 30, ReserveBytes = 256 << 20, KeepFor = TimeSpan.FromDays(30), KeepBytes = 20L << 30,
            Services = [new() { Name = "checkout", Captures = 2, Bytes = 3 << 20, HeldBytes = 1 << 20 }],
            Kinds = [new() { Name = "trace", Captures = 2, Bytes = 3 << 20 }],
            Due = [new() { CaptureId = "c1-0000", Service = "checkout", Kind = CaptureKind.Trace, Bytes = 2 << 20, Reason = RemovalReason.Age }],
            Next = [new() { CaptureId = "c1-0001", Service = "checkout", Kind = CaptureKind.Trace, Bytes = 1 << 20 }],
        });

    [Fact]
    public async Task Storage_Plain_ShowsServicesKindsAndWhatIsDue()
    {
        var run = await CliRun.OfAsync(_portal, "storage");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 captures, 2", run.Out, StringComparison.Ordinal);
        Assert.Contains("checkout", run.Out, StringComparison.Ordinal);
        Assert.Contains("trace", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_Always_SaysWhatGoesNowAndWhy()
    {
        var run = await CliRun.OfAsync(_portal, "storage", "preview");

        Assert.Contains("now, because it was older than captures are kept", run.Out, StringComparison.Ordinal);
        Assert.Contains("not yet; next in line", run.Out, StringComparison.Ordinal);
        var rows = JsonNode.Parse((await CliRun.OfAsync(_portal, "storage", "preview", "-o", "json")).Out)!.AsArray();
        Assert.Equal(["age", "none"], rows.Select(row => (string?)row!["reason"]));
    }

    /// <summary>A silo lists a hundred of those that are due.</summary>
    [Fact]
    public async Task Preview_MoreDueThanListed_SaysHowManyMore()
    {
        using var portal = new StubPortal().On("GET /api/v1/storage", new StorageReport
        {
            Captures = 1_401, DueCount = 1_301, DueBytes = 5_000_000, ServiceCount = 130,
            Services = [new() { Name = "checkout" }],
            Due = [new() { CaptureId = "c1-0000", Service = "checkout", Bytes = 2_000_000, Reason = RemovalReason.Age }],
            Next = [new() { CaptureId = "c1-0001", Service = "checkout" }],
        });

        var preview = await CliRun.OfAsync(portal, "storage", "preview");
        var plain = await CliRun.OfAsync(portal, "storage");

        Assert.Contains("And 1,300 more go now, before those that are next in line; all that go now are 5 MB.", preview.Error, StringComparison.Ordinal);
        Assert.Contains("1,301 captures, 5 MB", plain.Out, StringComparison.Ordinal);
        Assert.Contains("Of 130 services the largest 1 are listed.", plain.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("more go now", (await CliRun.OfAsync(_portal, "storage", "preview")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_FolderAway_SaysThatWhatIsFreeIsNotKnown()
    {
        using var portal = new StubPortal().On("GET /api/v1/storage", new StorageReport { Captures = 1, FreeBytes = 5L << 30, IsStoreAway = true });

        var run = await CliRun.OfAsync(portal, "storage");

        Assert.Contains("not known: the folder of artifacts is away", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PinAndUnpin_Capture_AskThePortalWithTheReason()
    {
        await CliRun.OfAsync(_portal, "captures", "pin", "c1-0000", "--reason", "incident 12");
        var run = await CliRun.OfAsync(_portal, "captures", "unpin", "c1-0000");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["POST /api/v1/captures/c1-0000/pin?reason=incident%2012", "POST /api/v1/captures/c1-0000/unpin"], _portal.Requests.Select(request => request.Route));
    }

    public void Dispose() => _portal.Dispose();
}
