using System.Net;
using System.Net.Sockets;
using FleetProf.Agent.Control;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Control;

/// <summary>Sessions inside this process, to a silo that the test plays.</summary>
public sealed class ControlSessionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-session-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Run_APartOfTheAgentFails_EndsTheSessionOnly()
    {
        await using var silo = await FakeSilo.StartAsync();
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = silo.Address };
        using var channel = new SiloChannel(options);
        var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        spool.Append([new VitalsWindow { InstanceId = "i" }]);
        // Its files are closed: the session cannot read what waits.
        spool.Dispose();
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);
        var end = await session.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(end.WasWelcome);
        Assert.Contains("failed inside the agent", end.Reason, StringComparison.Ordinal);
    }

    /// <summary>Of a silo that is up: it must not be waited for longer and longer.</summary>
    [Theory]
    [InlineData(StatusCode.ResourceExhausted, true)]
    [InlineData(StatusCode.Unavailable, false)]
    public async Task Run_SiloEndsIt_SaysWhetherItWasAskedTooOften(StatusCode status, bool isTooOften)
    {
        await using var silo = await FakeSilo.StartAsync();
        silo.Received.CutWith = new RpcException(new Status(status, "Try again later."));
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = silo.Address };
        using var channel = new SiloChannel(options);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);

        var running = session.RunAsync(TestContext.Current.CancellationToken);
        await silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Heartbeat is not null), "the first heartbeat, which follows the welcome");
        silo.Received.CutSessions();

        Assert.Equal(isTooOften, (await running).IsTooOften);
    }

    /// <summary>The end of its stream breaks the write of Hello, which is so large here that it never goes out whole.</summary>
    [Fact]
    public async Task Run_SiloRefusesBeforeItReadsHello_KnowsHowLongToStayAway()
    {
        await using var silo = await FakeSilo.StartAsync();
        silo.Received.RefusalUnread = new Refusal { Reason = Refusal.Types.Reason.Overloaded, RetryAfterSeconds = 17, Message = "Come back later." };
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = silo.Address };
        for (var i = 0; i < 30_000; i++) options.Labels[$"label{i}"] = new string('x', 100);
        using var channel = new SiloChannel(options);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);

        var end = await session.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((false, 17u), (end.WasWelcome, end.Refusal?.RetryAfterSeconds));
    }

    /// <summary>By an upload, when many came back at once; hours later its silo is down.</summary>
    [Fact]
    public async Task Run_AfterAnotherCallWasToldToWait_DoesNotWaitForThat()
    {
        var token = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = $"http://127.0.0.1:{port}" };
        using var channel = new SiloChannel(options);
        await using (var upload = await channel.Notice.ConnectAsync(new DnsEndPoint("127.0.0.1", port), token))
        {
            using var peer = await listener.AcceptTcpClientAsync(token);
            await peer.GetStream().WriteAsync((byte[])[21, 3, 3, 0, 2, 2, 80, .. "return-after-ms=240000\n"u8], token);
            Assert.True(await upload.ReadAsync(new byte[64], token) > 0);
        }

        listener.Stop();
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);

        var end = await session.RunAsync(token);

        Assert.Equal((false, null), (end.WasWelcome, end.ReturnAfter));
    }

    [Fact]
    public async Task HoldAndSpread_OfTheWelcomeAndOfLaterFrames_AreKnownAndOutliveTheSession()
    {
        await using var silo = await FakeSilo.StartAsync();
        silo.Received.Hold = new Hold { All = true, Message = "by ann" };
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var options = new AgentOptions { Silo = silo.Address };
        using var channel = new SiloChannel(options);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity("agent", "secret"), spool);
        var running = session.RunAsync(TestContext.Current.CancellationToken);
        await silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Heartbeat is not null), "the first heartbeat, which follows the welcome");
        Assert.Equal("by ann", rig.Holds.Refuse("service"));
        Assert.Equal(TimeSpan.FromSeconds(4), session.ReturnSpread);

        await silo.Received.SendAsync(new ServerFrame { Hold = new Hold { Services = { "checkout" }, Message = "by bob" } });
        await silo.Received.UntilAsync(_ => rig.Holds.Refuse("service") is null, "the other hold");
        await silo.Received.SendAsync(new ServerFrame { Pace = new Pace { PreviewSeconds = 2, ReturnSpreadSeconds = 15 } });
        await silo.Received.UntilAsync(_ => session.ReturnSpread == TimeSpan.FromSeconds(15), "the other spread");
        silo.Received.CutSessions();
        await running;

        Assert.Equal("by bob", rig.Holds.Refuse("checkout"));
    }
}
