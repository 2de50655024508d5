using FleetProf.Agent.Control;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Reason = FleetProf.AgentProtocol.Refusal.Types.Reason;

namespace FleetProf.Agent.Tests.Control;

/// <summary>An agent that the silo shuts out while it captures; the target is a real process, the silo is the test's.</summary>
[Trait("Ring", "process")]
public sealed class ShutOutTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-shutout-");
    private FakeSilo silo = null!;
    private PlantedProcess planted = null!;
    private DeskRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        silo = await FakeSilo.StartAsync();
        planted = await PlantedProcess.StartAsync();
        rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded")) { Target = DeskRig.TargetOf(planted, new Version(10, 0, 12)) };
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await planted.DisposeAsync();
        await silo.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(Reason.Revoked)]
    [InlineData(Reason.Quarantined)]
    public async Task Refusal_OfAnAgentThatIsShutOut_CancelsWhatItWasAskedForAndLeavesNoSession(Reason reason)
    {
        await RecordAsync();
        silo.Received.Refusals.Enqueue(new Refusal { Reason = reason, Message = "shut out" });

        var end = await SessionAsync();

        Assert.Equal(reason, end.Refusal!.Reason);
        await AssertCleanAsync();
    }

    /// <summary>A silo that is full, or an agent that is twice there: it comes back, and its capture is wanted.</summary>
    [Theory]
    [InlineData(Reason.Overloaded)]
    [InlineData(Reason.DuplicateAgent)]
    [InlineData(Reason.NotAuthorised)]
    public async Task Refusal_ForAnotherReason_LetsTheCaptureGoOn(Reason reason)
    {
        await RecordAsync();
        silo.Received.Refusals.Enqueue(new Refusal { Reason = reason, Message = "come again" });

        await SessionAsync();

        Assert.Empty(rig.Sent.Results);
        Assert.True(DeskRig.HasSession(planted.Pid));
    }

    [Theory]
    [InlineData("Revoked")]
    [InlineData("Quarantined")]
    [InlineData("Replaced")]
    public async Task Stream_EndedBecauseTheAgentIsShutOut_CancelsAtOnce(string reason)
    {
        await RecordAsync();
        silo.Received.CutWith = new RpcException(new Status(StatusCode.PermissionDenied, "The agent was revoked."), new Metadata { { "fleetprof-reason", reason } });

        var end = await CutAsync();

        Assert.Contains("The agent was revoked.", end.Reason, StringComparison.Ordinal);
        await AssertCleanAsync();
    }

    [Theory]
    [InlineData("Expired")]
    [InlineData(null)]
    public async Task Stream_EndedForAnotherReason_LetsTheCaptureGoOn(string? reason)
    {
        await RecordAsync();
        var trailers = new Metadata();
        if (reason is not null) trailers.Add("fleetprof-reason", reason);
        silo.Received.CutWith = new RpcException(new Status(StatusCode.Unauthenticated, "expired"), trailers);

        await CutAsync();

        Assert.Empty(rig.Sent.Results);
        Assert.True(DeskRig.HasSession(planted.Pid));
    }

    /// <summary>One capture that records, and one that waits for a pause.</summary>
    private async Task RecordAsync()
    {
        rig.Run();
        rig.Watch();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace, seconds: 120));
        rig.Desk.Accept(DeskRig.ArmedOrder("c-2", CaptureKind.Trace, overMs: 60_000, armedSeconds: 120));
        await rig.Sent.UntilAsync(sent => sent.Progress.Any(progress => progress is { CaptureId: "c-1", Phase: CapturePhase.Collecting }), "the recording");
        await rig.Sent.UntilAsync(sent => sent.Progress.Any(progress => progress is { CaptureId: "c-2", Phase: CapturePhase.Armed }), "the wait for a pause");
    }

    private async Task AssertCleanAsync()
    {
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal("Cancelled", (await rig.Sent.ResultAsync("c-2")).Failure);
        await rig.Vitals.UnwatchAsync("i");
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of every session in the target");
        Assert.Empty(Directory.GetFiles(Path.Combine(rig.Folder, "artifacts")));
    }

    private async Task<SessionEnd> CutAsync()
    {
        var running = SessionAsync();
        await silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Heartbeat is not null), "the first heartbeat, which follows the welcome");
        silo.Received.CutSessions();
        return await running;
    }

    private async Task<SessionEnd> SessionAsync()
    {
        var options = new AgentOptions { Silo = silo.Address };
        using var channel = new SiloChannel(options);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);
        return await session.RunAsync(TestContext.Current.CancellationToken);
    }
}
