using System.Diagnostics.Tracing;
using System.Text;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>Every kind on a real process with planted truth, through spool, upload and the real analyzer.</summary>
[Trait("Ring", "process")]
public sealed class CaptureKindTests : IAsyncLifetime
{
    private const int Boxes = 20_000_000;
    private const int RetainedOrders = 40_000;
    private UploadServer server = null!;
    private PlantedProcess planted = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        planted = await PlantedProcess.StartAsync();
        rig = new DeskRig(server) { Target = DeskRig.TargetOf(planted, new Version(10, 0, 12)) }.Run();
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await planted.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Trace_OfABurningMethod_HasItOnTop()
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));
        // As long as it records, whenever it begins.
        while (rig.Sent.Results.Count == 0) await planted.DoAsync("burn", 200);

        using var analysis = await AnalyseAsync("c-1", "trace");

        Assert.Equal("Planted.Burner.Spin", analysis.Json("cpu.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
        Assert.Empty(analysis.Summary.GetProperty("warnings").EnumerateArray());
        Assert.True(analysis.Summary.GetProperty("isComplete").GetBoolean());
        Assert.InRange(analysis.Summary.GetProperty("durationMs").GetDouble(), 1_800, 60_000);
    }

    [Fact]
    public async Task Gcdump_OfRetainedObjects_CountsThemExactlyAndMeasuresTheStall()
    {
        await planted.DoAsync("retain", RetainedOrders);
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));

        using var analysis = await AnalyseAsync("c-1", "gcdump");

        var orders = analysis.Row("heap.types.json", "type", "Planted.RetainedOrder");
        Assert.Equal(RetainedOrders, orders.GetProperty("count").GetInt64());
        Assert.Equal("Planted", orders.GetProperty("module").GetString());
        Assert.True(analysis.Summary.GetProperty("isComplete").GetBoolean(), analysis.Summary.GetProperty("incompleteReason").GetString());
        Assert.InRange(rig.Sent.Results[0].StallMs, 0.5, 10_000);
    }

    [Fact]
    public async Task Gcdump_SecondOfTheSameProcess_HasAllTypeNamesAgain()
    {
        await planted.DoAsync("retain", RetainedOrders);
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gcdump));
        using var first = await AnalyseAsync("c-1", "gcdump");
        rig.Desk.Accept(DeskRig.Order("c-2", CaptureKind.Gcdump));
        using var second = await AnalyseAsync("c-2", "gcdump");

        Assert.Equal(RetainedOrders, second.Row("heap.types.json", "type", "Planted.RetainedOrder").GetProperty("count").GetInt64());
        Assert.DoesNotContain("unknown type", await File.ReadAllTextAsync(Path.Combine(second.Folder, "heap.types.csv"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alloc_OfPlantedBoxes_EstimatesThemAndFindsTheSite()
    {
        // Time enough to make all of them on a busy machine.
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Alloc, seconds: 10));
        await UntilSessionAsync();
        await planted.DoAsync("box", Boxes);

        using var analysis = await AnalyseAsync("c-1", "alloc");

        var boxes = analysis.Row("alloc.types.json", "type", "System.Int32");
        // About 4,700 samples: one standard deviation is 1.5 %.
        Assert.InRange(boxes.GetProperty("objects").GetDouble() / Boxes, 0.92, 1.08);
        Assert.Equal("Planted.Boxer.Box", analysis.Json("alloc.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
        Assert.False(rig.Sent.Results[0].IsBiased);
    }

    [Fact]
    public async Task Alloc_OfAnOlderRuntime_UsesTicksAndSaysThatTheyAreBiased()
    {
        rig.Target = DeskRig.TargetOf(planted, new Version(9, 0, 1));
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Alloc));
        while (rig.Sent.Results.Count == 0) await planted.DoAsync("box", Boxes / 20);

        using var analysis = await AnalyseAsync("c-1", "alloc");

        Assert.Equal("allocationTick", analysis.Summary.GetProperty("allocationSource").GetString());
        Assert.Equal("Planted.Boxer.Box", analysis.Json("alloc.top.json").GetProperty("rows")[0].GetProperty("name").GetString());
        Assert.True(rig.Sent.Results[0].IsBiased);
    }

    [Fact]
    public async Task Gc_OfInducedCollections_CountsThem()
    {
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Gc, seconds: 10));
        await UntilSessionAsync();
        await planted.DoAsync("collect", 12);

        using var analysis = await AnalyseAsync("c-1", "gc");

        var induced = analysis.Json("gcs.json").EnumerateArray().Count(row => row.GetProperty("Trigger Reason").GetString() == "Induced");
        Assert.Equal(12, induced);
    }

    [Fact]
    public async Task Gcdump_Again_BesideTheVitals_NamesItsTypesAgain()
    {
        await planted.DoAsync("retain", RetainedOrders);
        var port = rig.DotNet.Endpoint.Open(TimeProvider.System);
        await using (var vitals = await port.StartSessionAsync(new TraceSessionRequest([new TraceProvider(TraceProvider.Runtime, 0x1, EventLevel.Informational)], 4, RequestRundown: false), TestContext.Current.CancellationToken))
        {
            var draining = vitals.Stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
            foreach (var id in (string[])["c-1", "c-2"])
            {
                rig.Desk.Accept(DeskRig.Order(id, CaptureKind.Gcdump));
                Assert.Equal("", (await rig.Sent.ResultAsync(id)).Failure);
            }

            await vitals.StopAsync(TestContext.Current.CancellationToken);
            await draining;
        }

        using var analysis = await AnalyseAsync("c-2", "gcdump");

        Assert.Equal(RetainedOrders, analysis.Row("heap.types.json", "type", "Planted.RetainedOrder").GetProperty("count").GetInt64());
    }

    /// <summary>What such a runtime says of its command line is not yet what it will record.</summary>
    [Fact]
    public async Task Trace_OfAProcessSuspendedAtItsStart_HoldsNoSecretOfItsCommandLine()
    {
        await using var suspended = await PlantedProcess.StartSuspendedAsync();
        rig.Target = DeskRig.TargetOf(suspended, new Version(10, 0, 12));
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 180));
        await rig.Sent.PhaseAsync(CapturePhase.Collecting);
        await suspended.ResumeAsync();
        // What a session has of a program that ends in order is whole, however long its begin took on a busy machine.
        await suspended.EndAsync();

        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("", true), (result.Failure, result.IsPartial));
        AssertSecretIsCovered(server.Received.Complete[result.Sha256]);
    }

    /// <summary>The session runs: what the process does from now on is recorded.</summary>
    private async Task UntilSessionAsync()
    {
        await rig.Sent.UntilAsync(_ => DeskRig.HasSession(planted.Pid), "the session");
        // The runtime's thread runs a moment before its providers are on.
        await rig.DotNet.Endpoint.Open(TimeProvider.System).GetProcessInfoAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Analysis> AnalyseAsync(string captureId, string kind)
    {
        var result = await rig.Sent.ResultAsync(captureId);
        Assert.Equal("", result.Failure);
        Assert.False(result.IsPartial, result.Detail);
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the session in the target");
        var artifact = server.Received.Complete[result.Sha256];
        AssertSecretIsCovered(artifact);
        return await Analysis.OfAsync(artifact, kind);
    }

    /// <summary>The runtime writes its command line into each session.</summary>
    private static void AssertSecretIsCovered(byte[] artifact)
    {
        Assert.False(artifact.AsSpan().IndexOf(Encoding.Unicode.GetBytes(PlantedProcess.Secret)) >= 0, "The recording has the password of the command line.");
        Assert.True(artifact.AsSpan().IndexOf(Encoding.Unicode.GetBytes(new string('*', PlantedProcess.Secret.Length))) >= 0, "Nothing was covered: does the runtime not write it any more?");
    }
}
