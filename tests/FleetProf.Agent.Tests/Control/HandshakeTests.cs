using System.Security.Cryptography.X509Certificates;
using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.Agent.Tests.Access;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Control;

/// <summary>What an agent that has joined says when TLS does not come about; real TLS over loopback.</summary>
public sealed class HandshakeTests : IDisposable
{
    private const string Id = "01KB0000000000000000000000";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-handshake-");
    private readonly TestAuthority authority = new(DateTimeOffset.UtcNow);

    public void Dispose()
    {
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_SiloOfTheSameAuthority_IsWelcome()
    {
        using var server = authority.Server();

        Assert.True((await EndAsync(server)).WasWelcome);
    }

    /// <summary>A clock that is wrong by two days, seen from the host.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Run_SilosCertificateOutOfTime_NamesBothTimesAndTheClocks(int days)
    {
        using var server = authority.Server(TimeSpan.FromDays(days));
        var asked = DateTime.UtcNow;

        var end = await EndAsync(server);

        // Midnight may come between.
        Assert.Contains(new[] { asked, DateTime.UtcNow }, day => end.Reason.Contains($"valid from {server.NotBefore.ToUniversalTime():u} to {server.NotAfter.ToUniversalTime():u}, but this host's clock says {day:yyyy-MM-dd}", StringComparison.Ordinal));
        Assert.Contains("Set the clock", end.Reason, StringComparison.Ordinal);
        Assert.EndsWith(nameof(HandshakeFault.Clock), end.Topic, StringComparison.Ordinal);
    }

    /// <summary>Even where the stranger's certificate is out of time as well.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Run_SiloOfAnotherAuthority_SaysSoAndHowToJoinAgain(int days)
    {
        using var other = new TestAuthority(DateTimeOffset.UtcNow);
        using var server = other.Server(TimeSpan.FromDays(days));

        var end = await EndAsync(server);

        Assert.Contains("of an authority that is not trusted here", end.Reason, StringComparison.Ordinal);
        Assert.Contains("`fleetprof agent ca show`", end.Reason, StringComparison.Ordinal);
        Assert.Contains("--again", end.Reason, StringComparison.Ordinal);
        Assert.EndsWith(nameof(HandshakeFault.OtherAuthority), end.Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AgentsCertificateRefusedInTheHandshake_NamesTheClocksAndTheAuthority()
    {
        using var server = authority.Server();

        var end = await EndAsync(server, takesAgents: false);

        Assert.False(end.WasWelcome);
        Assert.True(end.Reason.Contains("broke off the connection before its first answer", StringComparison.Ordinal), end.Reason);
        Assert.Contains("this host's clock says", end.Reason, StringComparison.Ordinal);
        Assert.Contains("another authority", end.Reason, StringComparison.Ordinal);
        Assert.Contains("`fleetprof agent token create`", end.Reason, StringComparison.Ordinal);
        Assert.EndsWith(nameof(HandshakeFault.Refused), end.Topic, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NobodyListens_SaysThatItCannotBeReached()
    {
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));

        var end = await EndAsync("https://127.0.0.1:1", rig);

        Assert.Contains("cannot be reached", end.Reason, StringComparison.Ordinal);
        Assert.Null(end.Topic);
    }

    private async Task<SessionEnd> EndAsync(X509Certificate2 server, bool takesAgents = true)
    {
        await using var silo = await FakeSilo.StartAsync(tls: listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = server;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (_, _, _) => takesAgents;
        }));
        await using var rig = new DeskRig(() => throw new InvalidOperationException("nothing is uploaded"));
        var running = EndAsync(silo.Address, rig);
        await Task.WhenAny(running, silo.Received.UntilAsync(state => state.Frames.Any(frame => frame.Heartbeat is not null) || running.IsCompleted, "the first heartbeat, which follows the welcome, or a failure"));
        silo.Received.CutSessions();
        return await running;
    }

    private async Task<SessionEnd> EndAsync(string address, DeskRig rig)
    {
        using var key = HostKey.Create();
        var now = DateTimeOffset.UtcNow;
        var reply = new EnrolReply { AgentId = Id, Certificate = ByteString.CopyFrom(authority.SignClient(key.SigningRequest().Span, now.AddMinutes(-5), TimeSpan.FromHours(1))), Roots = { ByteString.CopyFrom(authority.Root.RawData) } };
        var enrolment = key.Accept(reply, address, authority.Root.ExportCertificatePem(), now);
        var options = new AgentOptions { Silo = address };
        using var channel = new SiloChannel(options, enrolment);
        using var spool = new VitalsSpool(folder.FullName, options, NullLogger<VitalsSpool>.Instance);
        var session = rig.SessionOver(channel, options, new AgentIdentity(Id, ""), spool);
        return await session.RunAsync(TestContext.Current.CancellationToken);
    }
}
