using System.Net;
using System.Net.Sockets;
using FleetProf.AgentProtocol;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Access.Callers;
using FleetProf.Silo.Tests.Hosting;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

/// <summary>Alone, and before the TLS of a real enrolment port.</summary>
public sealed class EnrolmentGateTests
{
    /// <summary>The head of a handshake's first record, whose rest never comes.</summary>
    private static readonly byte[] Beginning = [22, 3, 1, 0, 200];

    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Other = IPAddress.Parse("10.0.0.2");
    private static readonly IPAddress Third = IPAddress.Parse("10.0.0.3");
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void TryOpen_AddressWithManyConnections_GetsNoMoreUntilOneIsClosedAndOthersDo()
    {
        using var gate = Gate(new EnrolmentOptions { MaxConnectionsPerAddress = 2 });

        Assert.Equal([true, true, false, true], new[] { gate.TryOpen(One), gate.TryOpen(One), gate.TryOpen(One), gate.TryOpen(Other) });
        gate.Close(One);
        Assert.Equal([true, false], new[] { gate.TryOpen(One), gate.TryOpen(One) });
    }

    [Fact]
    public void TryOpen_MoreThanThePortBears_IsTurnedAwayWhoeverItIs()
    {
        using var gate = Gate(new EnrolmentOptions { MaxConnections = 2 });

        Assert.Equal([true, true, false], new[] { gate.TryOpen(One), gate.TryOpen(Other), gate.TryOpen(Third) });
        gate.Close(One);
        Assert.True(gate.TryOpen(Third));
    }

    [Fact]
    public void TryOpen_AddressThatComesTooOften_WaitsForTheNextMinute()
    {
        using var gate = Gate(new EnrolmentOptions { ConnectionsPerMinute = 3 });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(gate.TryOpen(One));
            gate.Close(One);
        }

        Assert.Equal([false, true], new[] { gate.TryOpen(One), gate.TryOpen(Other) });
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(gate.TryOpen(One));
    }

    /// <summary>Who has one address of IPv6 has 2^64 of them, more than there are places for addresses.</summary>
    [Fact]
    public void TryOpen_AddressesOfOneNetworkOfIPv6_CountTogetherAndClosePortsToNobodyElse()
    {
        using var gate = Gate(new EnrolmentOptions { ConnectionsPerMinute = 20_001, MaxConnectionsPerAddress = 1 });
        for (var i = 0; i < 20_000; i++)
        {
            var address = IPAddress.Parse($"2001:db8::{i:x}");
            Assert.True(gate.TryOpen(address));
            gate.Close(address);
        }

        Assert.Equal([true, true, false, true], new[] { gate.TryOpen(Other), gate.TryOpen(IPAddress.Parse("2001:db8::a")), gate.TryOpen(IPAddress.Parse("2001:db8::b")), gate.TryOpen(IPAddress.Parse("2001:db8:0:1::a")) });
        gate.Close(IPAddress.Parse("2001:db8::a"));
        Assert.Equal([false, true], new[] { gate.TryOpen(IPAddress.Parse("2001:db8::c")), gate.TryOpen(Third) });
    }

    [Fact]
    public void TryOpen_WallClockSetBack_TheMinuteEndsAllTheSame()
    {
        var stepped = new SteppedClock();
        using var gate = new EnrolmentGate(Options.Create(new EnrolmentOptions { ConnectionsPerMinute = 1 }), stepped);
        Assert.Equal([true, false], new[] { gate.TryOpen(One), gate.TryOpen(One) });
        stepped.StepBack();

        stepped.Advance(TimeSpan.FromMinutes(1));

        Assert.True(gate.TryOpen(One));
    }

    [Fact]
    public async Task Connection_BeyondTheAddresssLimit_IsClosedBeforeTheHandshake()
    {
        await using var rig = await TlsRig.StartAsync(enrolment: options => options.MaxConnectionsPerAddress = 2);
        using var first = await ConnectAsync(rig);
        using var second = await ConnectAsync(rig);
        using var third = await ConnectAsync(rig);
        var ends = new[] { first, second, third }.Select(BeginAsync).ToList();

        // Which of them is the third is the server's to say.
        Assert.Empty(await await Task.WhenAny(ends));
        Assert.Equal(2, ends.Count(end => !end.IsCompleted));
    }

    [Fact]
    public async Task Handshake_ThatNeverEnds_HoldsOthersUpForAMomentOnlyAndAgentsNotAtAll()
    {
        await using var rig = await TlsRig.StartAsync(enrolment: options => options.MaxHandshakes = 1);
        var agent = await rig.JoinAsync();
        using var first = await ConnectAsync(rig);
        await first.GetStream().WriteAsync(Beginning);
        using var second = await ConnectAsync(rig);
        var end = BeginAsync(second);
        await using var client = await rig.AttachAsync(agent);

        using var limit = new CancellationTokenSource(Ample);
        while (!end.IsCompleted)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, limit.Token);
        }

        Assert.Empty(await end);
    }

    [Fact]
    public async Task FetchRoots_MoreThanPerSecond_IsTurnedAwayAndJoiningIsNot()
    {
        await using var rig = await TlsRig.StartAsync(enrolment: options => options.JoinsPerSecond = 2);

        Assert.NotEmpty(Fetch(rig).Roots);
        Assert.NotEmpty(Fetch(rig).Roots);
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => Fetch(rig)).StatusCode);
        await rig.JoinAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.NotEmpty(Fetch(rig).Roots);
    }

    private static RootsReply Fetch(TlsRig rig) =>
        AgentClient.Call(rig.Enrolment, "FetchRoots", new RootsRequest(), RootsReply.Parser, rig.Tls(null), "fleetprof.agent.v1.AgentEnrolment");

    private static async Task<TcpClient> ConnectAsync(TlsRig rig)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", rig.Enrolment.Port);
        return client;
    }

    /// <summary>What the silo says to the beginning of a handshake until it closes; a reset is an end as well, and may come before there is a beginning.</summary>
    private static async Task<byte[]> BeginAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(Ample);
        var answer = new byte[100];
        try
        {
            await client.GetStream().WriteAsync(Beginning, limit.Token);
            return answer[..await client.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, limit.Token)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private EnrolmentGate Gate(EnrolmentOptions options) => new(Options.Create(options), clock);
}
