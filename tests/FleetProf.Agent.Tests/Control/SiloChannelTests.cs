using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.Agent.Tests.Access;
using FleetProf.AgentProtocol;
using Google.Protobuf;

namespace FleetProf.Agent.Tests.Control;

public sealed class SiloChannelTests
{
    private static readonly AgentOptions Three = new() { Silo = "http://127.0.0.1:7001, http://127.0.0.1:7002,http://127.0.0.1:7003" };

    [Fact]
    public void MoveOn_OfSeveralSilos_GoesRoundAndCallsGoElsewhere()
    {
        using var channel = new SiloChannel(Three);
        var first = channel.Client;
        var ports = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            ports.Add(channel.Address.Port);
            channel.MoveOn();
        }

        Assert.Equal([7001, 7002, 7003, 7001], ports);
        Assert.NotSame(first, channel.Client);
    }

    /// <summary>Each context of its own would cost memory for good.</summary>
    [Fact]
    public void MoveOn_OfSeveralSilos_GoesByTheSameCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var authority = new TestAuthority(now);
        using var key = HostKey.Create();
        var reply = new EnrolReply
        {
            State = EnrolReply.Types.State.Issued,
            AgentId = "01KB0000000000000000000000",
            Certificate = ByteString.CopyFrom(authority.SignClient(key.SigningRequest().Span, now.AddMinutes(-5), TimeSpan.FromHours(1))),
            Roots = { ByteString.CopyFrom(authority.Root.RawData) },
        };
        var enrolment = key.Accept(reply, Three.Silo, authority.Root.ExportCertificatePem(), now);
        using var channel = new SiloChannel(Three, enrolment);
        var first = channel.Tls!.ClientCertificateContext;

        channel.MoveOn();
        var second = channel.Tls!.ClientCertificateContext;
        channel.Adopt(enrolment);

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.NotSame(first, channel.Tls!.ClientCertificateContext);
    }

    [Fact]
    public void MoveOn_OfOneSilo_KeepsTheConnection()
    {
        using var channel = new SiloChannel(new AgentOptions());
        var client = channel.Client;

        channel.MoveOn();

        Assert.Same(client, channel.Client);
    }

    [Fact]
    public void Start_OfManyAgentsWithOneConfiguration_SpreadsOverTheSilos()
    {
        var random = new Random(7);

        var counts = Enumerable.Range(0, 300).Select(_ =>
        {
            using var channel = new SiloChannel(Three, null, random);
            return channel.Address.Port;
        }).CountBy(port => port).ToDictionary();

        Assert.All([7001, 7002, 7003], port => Assert.InRange(counts[port], 70, 130));
    }

    [Fact]
    public void IsLoopback_OneSiloElsewhere_IsFalse()
    {
        using var channel = new SiloChannel(new AgentOptions { Silo = "http://127.0.0.1:7001,https://silo.example:7443" });

        Assert.False(channel.IsLoopback);
    }
}
