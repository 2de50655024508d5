using System.Net;
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
    /// <summary>The head of a handshake's first record, whose rest never comes.</summary>
    private static readonly byte[] Beginning = [22, 3, 1, 0, 200];

    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.0.2");
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task TakeAsync_Storm_LetsTheBurstInThenTheRateAndTurnsTheRestAway()
    {
        using var gate = Gate(new GatewayOptions { ConnectBurst = 50, ConnectsPerSecond = 10, MaxHandshakes = 1_000, MaxHandshakeWait = TimeSpan.FromSeconds(3) });

        var taken = Enumerable.Range(0, 200).Select(_ => gate.TakeAsync(One, CancellationToken.None)).ToList();

        Assert.Equal(50, taken.Count(place => place.IsCompleted && place.Result is not null));
        Assert.Equal(200 - 50 - 29, taken.Count(place => place.IsCompleted && place.Result is null));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(50 + 29, (await Task.WhenAll(taken)).Count(place => place is not null));
    }

    [Fact]
    public async Task TakeAsync_PlacesTaken_WaitsForOneUntilTheLimit()
    {
        using var gate = Gate(new GatewayOptions { MaxHandshakes = 1, MaxHandshakeWait = TimeSpan.FromSeconds(3) });
        var first = await gate.TakeAsync(One, CancellationToken.None);
        var second = gate.TakeAsync(One, CancellationToken.None);
        Assert.False(second.IsCompleted);

        first!.Dispose();
        first.Dispose();

        Assert.NotNull(await second);
        var third = gate.TakeAsync(One, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await third);
    }

    [Fact]
    public async Task TakeAsync_WallClockSetBack_LetsAgentsInAsBefore()
    {
        var stepped = new SteppedClock();
        var options = Options.Create(new GatewayOptions { ConnectBurst = 2, ConnectsPerSecond = 1 });
        using var gate = new HandshakeGate(options, new ReturnSchedule(options, stepped, new Random(1)), stepped);
        Assert.NotNull(await gate.TakeAsync(One, CancellationToken.None));
        stepped.StepBack();

        var next = gate.TakeAsync(One, CancellationToken.None);

        Assert.True(next.IsCompleted);
        Assert.NotNull(await next);
    }

    [Fact]
    public async Task TakeAsync_PeerGone_TakesNoPlace()
    {
        using var gate = Gate(new GatewayOptions { MaxHandshakes = 1 });
        var first = await gate.TakeAsync(One, CancellationToken.None);
        using var closed = new CancellationTokenSource();
        var second = gate.TakeAsync(One, closed.Token);
        await closed.CancelAsync();
        Assert.Null(await second);

        first!.Dispose();

        Assert.NotNull(await gate.TakeAsync(One, CancellationToken.None));
    }

    [Fact]
    public async Task TakeAsync_AddressWhoseHandshakesFail_TakesNoPlaceFromOthers()
    {
        using var gate = Gate(new GatewayOptions { ConnectBurst = 100, ConnectsPerSecond = 10, MaxHandshakes = 8 });
        await FailAsync(gate, One);

        var own = Enumerable.Range(0, 1_000).Select(_ => gate.TakeAsync(One, CancellationToken.None)).ToList();
        var others = Enumerable.Range(0, 7).Select(_ => gate.TakeAsync(Other, CancellationToken.None)).ToList();

        Assert.All(own, place => Assert.True(place.IsCompleted));
        Assert.Single(await Task.WhenAll(own), place => place is not null);
        Assert.All(others, place => Assert.True(place.IsCompleted && place.Result is not null));
    }

    [Fact]
    public async Task TakeAsync_AddressWhoseHandshakesFail_StillGetsAQuarterOfTheRateAndOfThePlacesUntilItIsForgiven()
    {
        using var gate = Gate(new GatewayOptions { ConnectBurst = 100, ConnectsPerSecond = 10, MaxHandshakes = 8 });
        await FailAsync(gate, One);
        var taken = 0;
        for (var i = 0; i < 100; i++)
        {
            if (await gate.TakeAsync(One, CancellationToken.None) is { } place)
            {
                taken++;
                place.Dispose();
            }

            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(25, taken);
        var held = new List<HandshakePlace?>();
        for (var i = 0; i < 4; i++)
        {
            held.Add(await gate.TakeAsync(One, CancellationToken.None));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, held.Count(place => place is not null));
        clock.Advance(TimeSpan.FromMinutes(5));
        for (var i = 0; i < 6; i++)
        {
            Assert.NotNull(await gate.TakeAsync(One, CancellationToken.None));
        }
    }

    /// <summary>As behind one address of a network where some hosts have certificates that are no good.</summary>
    [Fact]
    public async Task TakeAsync_AddressOfWhichAsManyHandshakesSucceed_GetsPlacesAsBefore()
    {
        using var gate = Gate(new GatewayOptions { ConnectBurst = 1_000, ConnectsPerSecond = 10, MaxHandshakes = 8 });
        for (var i = 0; i < 200; i++)
        {
            (await gate.TakeAsync(One, CancellationToken.None))!.Dispose();
            (await gate.TakeAsync(One, CancellationToken.None))!.Succeed();
        }

        for (var i = 0; i < 8; i++)
        {
            Assert.NotNull(await gate.TakeAsync(One, CancellationToken.None));
        }
    }

    [Fact]
    public async Task TakeAsync_PeersThatLeaveBeforeTheirTurn_CountAsFailed()
    {
        using var gate = Gate(new GatewayOptions { MaxHandshakes = 2 });
        var held = new[] { await gate.TakeAsync(Other, CancellationToken.None), await gate.TakeAsync(Other, CancellationToken.None) };
        for (var i = 0; i <= FailedHandshakes.Tolerated; i++)
        {
            using var closed = new CancellationTokenSource();
            var waiting = gate.TakeAsync(One, closed.Token);
            await closed.CancelAsync();
            Assert.Null(await waiting);
        }

        held[0]!.Succeed();
        held[1]!.Succeed();

        Assert.NotNull(await gate.TakeAsync(One, CancellationToken.None));
        Assert.Null(await gate.TakeAsync(One, CancellationToken.None));
        Assert.NotNull(await gate.TakeAsync(Other, CancellationToken.None));
    }

    [Fact]
    public async Task Connection_OfAnAddressWhoseHandshakesFail_IsClosedWithoutAWordButNowAndThen()
    {
        await using var rig = await TlsRig.StartAsync(new GatewayOptions { ConnectsPerSecond = 4 });
        var agent = await rig.JoinAsync();
        for (var i = 0; i < FailedHandshakes.Tolerated + 10; i++)
        {
            using var stranger = await ConnectAsync(rig);
            await AnswerAsync(stranger, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        }

        using var next = await ConnectAsync(rig);
        Assert.Empty(await AnswerAsync(next, Beginning));

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        using var later = await ConnectAsync(rig);
        await using var tls = new SslStream(later.GetStream());
        using var limit = new CancellationTokenSource(Ample);
        await tls.AuthenticateAsClientAsync(WithName(rig, agent), limit.Token);
        Assert.True(tls.IsMutuallyAuthenticated);
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
        await third.GetStream().WriteAsync(Beginning);
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

    /// <summary>One more than is tolerated.</summary>
    private static async Task FailAsync(HandshakeGate gate, IPAddress address)
    {
        for (var i = 0; i <= FailedHandshakes.Tolerated; i++)
        {
            (await gate.TakeAsync(address, CancellationToken.None))!.Dispose();
        }
    }

    /// <summary>What the silo says to that until it closes; a reset is an end as well, and may come early.</summary>
    private static async Task<byte[]> AnswerAsync(TcpClient client, byte[] said)
    {
        using var limit = new CancellationTokenSource(Ample);
        var answer = new byte[100];
        try
        {
            await client.GetStream().WriteAsync(said, limit.Token);
            return answer[..await client.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, limit.Token)];
        }
        catch (IOException)
        {
            return [];
        }
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
