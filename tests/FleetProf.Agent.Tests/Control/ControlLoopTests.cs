using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Tests.Captures.Rig;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Control;

public sealed class ControlLoopTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-loop-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>A certificate that has ended could not be renewed, for the silo had no room: it is asked again when it has.</summary>
    [Fact]
    public async Task Run_NoSessionToBeHadYet_WaitsAsLongAsTheSiloSaidAndOpensNone()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = silo.Address };
        using var channel = new SiloChannel(options);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);
        var clock = new SteppedClock();
        var loop = new ControlLoop(session, new ReconnectDelay(true, new Random(1)), new ControlOutbox(clock), new InstanceDirectory(), clock, NullLogger<ControlLoop>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var wait = clock.NextWait;

        var running = loop.RunAsync(_ => Task.FromResult<SessionEnd?>(new SessionEnd(false, null, "No room.") { ReturnAfter = TimeSpan.FromSeconds(41) }), stop.Token);

        Assert.Equal(TimeSpan.FromSeconds(41), await wait.WaitAsync(stop.Token));
        Assert.Empty(silo.Received.Hellos);
        await stop.CancelAsync();
        await running;
    }
}
