using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>A real web service under load, watched by vitals while it is captured, with the faults of release 1.1.</summary>
[Trait("Ring", "process")]
public sealed class CheckoutCaptureTests : IAsyncLifetime
{
    private UploadServer server = null!;
    private CheckoutProcess checkout = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        checkout = await CheckoutProcess.StartAsync();
        rig = new DeskRig(server) { Target = DeskRig.TargetOf(checkout.Pid, checkout.SocketPath, new Version(10, 0, 12)) }.Run();
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await checkout.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Gcdump_OfAWatchedServiceUnderLoad_FindsTheLeakAndIsNotTheServicesOwnCollection()
    {
        using var stop = new CancellationTokenSource();
        var watching = rig.Vitals.RunAsync(stop.Token);
        rig.Vitals.Watch(new WatchedInstance("i", rig.DotNet.Endpoint));
        await rig.Collected.UntilAsync(vitals => vitals.HasGc(1), "a collection");

        var before = checkout.Orders;
        using var analysis = await CaptureAsync(CaptureKind.Gcdump, "gcdump");
        var after = checkout.Orders;
        await rig.Vitals.UnwatchAsync("i");
        await stop.CancelAsync();
        await watching;

        var audits = analysis.Row("heap.types.json", "type", "FleetProf.Workloads.Checkout.OrderAudit").GetProperty("count").GetInt64();
        // One order may be under way, and one may be leaked and not answered yet.
        Assert.InRange(audits, before, after + 1);
        Assert.True(analysis.Summary.GetProperty("isComplete").GetBoolean(), analysis.Summary.GetProperty("incompleteReason").GetString());
        var suspect = analysis.Json("heap.suspects.json").GetProperty("rows")[0];
        Assert.Equal("FleetProf.Workloads.Checkout.OrderAudit", suspect.GetProperty("type").GetString());
        Assert.Equal("the static field Changed (a System.EventHandler)", suspect.GetProperty("holder").GetString());
        Assert.Equal("eventHandlers", suspect.GetProperty("pattern").GetString());
        Assert.Equal(1, rig.Collected.Windows.Sum(window => window.OwnGcCount));
        Assert.Equal(0, rig.Collected.Windows.Sum(window => window.InducedGcCount));
        Assert.True(rig.Vitals.HeapBytes("i") is null);
    }

    [Fact]
    public async Task Alloc_OfAServiceUnderLoad_FindsTheBoxingSite()
    {
        using var analysis = await CaptureAsync(CaptureKind.Alloc, "alloc");
        var top = analysis.Json("alloc.top.json").GetProperty("rows").EnumerateArray().Take(3).Select(row => row.GetProperty("name").GetString());
        Assert.Contains("FleetProf.Workloads.Checkout.DiscountRules.ApplyLoose", top);
    }

    [Fact]
    public async Task Trace_OfAServiceUnderLoad_NamesItsMethods()
    {
        using var analysis = await CaptureAsync(CaptureKind.Trace, "trace");
        // Below it is a tenth of all samples: of its parts a busy machine may meet none within three seconds.
        Assert.Contains("FleetProf.Workloads.Checkout.CheckoutDesk.Place", analysis.Json("cpu.flame.json").GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(analysis.Summary.GetProperty("warnings").EnumerateArray());
        Assert.Equal(0, analysis.Summary.GetProperty("lostEvents").GetInt64());
    }

    [Fact]
    public async Task Gc_OfAServiceUnderLoad_HasItsCollections()
    {
        var (collections, captures) = (0, 0);
        // On a busy machine it may serve too few orders within three seconds for a collection.
        while (collections == 0 && captures < 15)
        {
            using var analysis = await CaptureAsync(CaptureKind.Gc, "gc", $"c-{++captures}");
            collections = analysis.Summary.GetProperty("gcCount").GetInt32();
            Assert.Equal(0, analysis.Summary.GetProperty("lostEvents").GetInt64());
        }

        Assert.InRange(collections, 1, 100_000);
    }

    private async Task<Analysis> CaptureAsync(CaptureKind kind, string name, string captureId = "c-1")
    {
        rig.Desk.Accept(DeskRig.Order(captureId, kind, seconds: 3));
        var result = await rig.Sent.ResultAsync(captureId);
        Assert.Equal(("", false), (result.Failure, result.IsPartial));
        return await Analysis.OfAsync(server.Received.Complete[result.Sha256], name);
    }
}
