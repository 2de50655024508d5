using System.Net.Security;
using System.Net.Sockets;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Access.Callers;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

/// <summary>Alone, and before the TLS of a real listener.</summary>
public sealed class HandshakeGateTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task TakeAsync_Storm_LetsTheBurstInThenTheRateAndTurnsTheRestAway()
    {
        using var gate = Gate(new GatewayOptions { ConnectBurst = 50, ConnectsPerSecond = 10, MaxHandshakes = 1_000, MaxHandshakeWait = TimeSpan.FromSeconds(3) });

        var taken = Enumerable.Range(0, 200).Select(_ => gate.TakeAsync(CancellationToken.None)).ToList();

        Assert.Equal(50, taken.Count(place => place.IsCompleted && place.Result is not null));
        Assert.Equal(200 - 50 - 29, taken.Count(place => place.IsCompleted && place.Result is null));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(50 + 29, (await Task.WhenAll(taken)).Count(place => place is not null));
    }

    [Fact]
    public async Task TakeAsync_PlacesTaken_WaitsForOneUntilTheLimit()
    {
        using var gate = Gate(new GatewayOptions { MaxHandshakes = 1, MaxHandshakeWait = TimeSpan.FromSeconds(3) });
        var first = await gate.TakeAsync(CancellationToken.None);
        var second = gate.TakeAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);

        first!.Dispose();
        first.Dispose();

        Assert.NotNull(await second);
        var third = gate.TakeAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await third);
    }

    [Fact]
    public async Task TakeAsync_WallClockSetBack_LetsAgentsInAsBefore()
    {
        var stepped = new SteppedClock();
        var options = Options.Create(new GatewayOptions { ConnectBurst = 2, ConnectsPerSecond = 1 });
        using var gate = new HandshakeGate(options, new ReturnSchedule(options, stepped, new Random(1)), stepped);
        Assert.NotNull(await gate.TakeAsync(CancellationToken.None));
        stepped.StepBack();

        var next = gate.TakeAsync(CancellationToken.None);

        Assert.True(next.IsCompleted);
        Assert.NotNull(await next);
    }

    [Fact]
    public async Task TakeAsync_PeerGone_TakesNoPlace()
    {
        using var gate = Gate(new GatewayOptions { MaxHandshakes = 1 });
        var first = await gate.TakeAsync(CancellationToken.None);
        using var closed = new CancellationTokenSource();
        var second = gate.TakeAsync(closed.Token);
        await closed.CancelAsync();
        Assert.Null(await second);

        first!.Dispose();

        Assert.NotNull(await gate.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Connection_BeyondTheLimit_IsToldWhenToReturnBeforeTheHandshakeAndAgentsInsideGoOn()
    {
        await using var rig = await TlsRig.StartAsync(new GatewayOptions { ConnectBurst = 2, ConnectsPerSecond = 1, MaxHandshakeWait = TimeSpan.FromMilliseconds(100) });
        var agent = await rig.JoinAsync();
        await using var inside = await rig.AttachAsync(agent);
        using var silent = await ConnectAsync(rig);
        using var second = await ConnectAsync(rig);
        await using var tls = new SslStream(second.GetStream());
        await tls.AuthenticateAsClientAsync(WithName(rig, agent));

        using var third = await ConnectAsync(rig);
        await third.GetStream().WriteAsync(new byte[] { 22, 3, 1, 0, 200 });
        var answer = new byte[100];
        using var limit = new CancellationTokenSource(Ample);
        var length = await third.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, limit.Token);

        // No hello of the server, nothing was spent on it: it is told the first place beyond those who wait at the gate, and that is all.
        Assert.Equal([21, 3, 3, 0, 2, 2, 80, .. "return-after-ms=100\n"u8], answer[..length]);
        Assert.True(silent.Connected);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        using var fourth = await ConnectAsync(rig);
        await using var later = new SslStream(fourth.GetStream());
        await later.AuthenticateAsClientAsync(WithName(rig, agent), limit.Token);
        Assert.True(later.IsMutuallyAuthenticated);
    }

    private static SslClientAuthenticationOptions WithName(TlsRig rig, TlsAgent agent)
    {
        var options = rig.Tls(agent.Certificate);
        options.TargetHost = "127.0.0.1";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        return options;
    }

    private static async Task<TcpClient> ConnectAsync(TlsRig rig)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", rig.Agents.Port);
        return client;
    }

    private HandshakeGate Gate(GatewayOptions options) => new(Options.Create(options), new ReturnSchedule(Options.Create(options), clock, new Random(1)), clock);
}
