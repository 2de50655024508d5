using System.Security.Cryptography;
using FleetProf.Agent.Access;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Agent.Tests.Access;

public sealed class JoiningTests : IDisposable
{
    private const string Token = "fpe_0123456789ab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Id = "01KB0000000000000000000000";

    private readonly string path = Directory.CreateTempSubdirectory("fleetprof-join-").FullName;
    private readonly TestAuthority authority = new(DateTimeOffset.UtcNow);
    private readonly TestAuthority other = new(DateTimeOffset.UtcNow);
    private readonly StringWriter said = new();

    public void Dispose()
    {
        authority.Dispose();
        other.Dispose();
        said.Dispose();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task Join_AuthorityWithTheGivenHash_KeepsWhatItGotForItsOwnerOnly()
    {
        using var server = authority.Server();
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);

        var enrolment = await JoinAsync(silo, authority.Hash);

        Assert.Equal((Id, new UriBuilder(silo.Address) { Port = 7443 }.Uri.GetLeftPart(UriPartial.Authority)), (enrolment.AgentId, enrolment.Silo));
        using var folder = new StateFolder(path);
        Assert.Equal(enrolment, Enrolment.Read(folder));
        Assert.False(File.Exists(Path.Combine(path, "joining.json")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, Enrolment.FileName)));
        Assert.DoesNotContain("PRIVATE KEY", silo.Received.Requests[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_AuthorityWithAnotherHash_SendsNoToken()
    {
        using var server = authority.Server();
        var state = Honest();
        state.Roots.RemoveAt(0);
        await using var silo = await EnrolmentSilo.StartAsync(state, server);

        var error = await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, other.Hash));

        Assert.Contains("token was not sent", error.Message, StringComparison.Ordinal);
        Assert.Empty(silo.Received.Requests);
    }

    [Fact]
    public async Task Join_SomebodyBetweenWhoShowsTheRealRoot_SendsNoToken()
    {
        using var server = other.Server();
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);

        var error = await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, authority.Hash));

        Assert.Contains("agent ca show", error.Message, StringComparison.Ordinal);
        Assert.Empty(silo.Received.Requests);
        Assert.False(File.Exists(Path.Combine(path, Enrolment.FileName)));
    }

    [Fact]
    public async Task Join_CertificateForAnotherKey_IsNotTaken()
    {
        using var server = authority.Server();
        var state = Honest();
        using var foreign = HostKey.Create();
        state.Enrol = request => Reply(foreign.SigningRequest());
        await using var silo = await EnrolmentSilo.StartAsync(state, server);

        Assert.Contains("another key", (await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, authority.Hash))).Message, StringComparison.Ordinal);
    }

    /// <summary>A clock that is wrong by two days, seen from the host.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Join_SilosCertificateOutOfTime_NamesBothTimesAndTheClocks(int days)
    {
        using var server = authority.Server(TimeSpan.FromDays(days));
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);
        var asked = DateTime.UtcNow;

        var error = await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, authority.Hash));

        // Midnight may come between.
        Assert.Contains(new[] { asked, DateTime.UtcNow }, day => error.Message.Contains($"valid from {server.NotBefore.ToUniversalTime():u} to {server.NotAfter.ToUniversalTime():u}, but this host's clock says {day:yyyy-MM-dd}", StringComparison.Ordinal));
        Assert.Contains("Set the clock", error.Message, StringComparison.Ordinal);
        Assert.Empty(silo.Received.Requests);
    }

    [Fact]
    public async Task Join_CertificateOfLater_IsNotTakenAndNamesTheClocks()
    {
        using var server = authority.Server();
        var state = Honest();
        var from = DateTimeOffset.UtcNow.AddHours(1);
        state.Enrol = request => Reply(request.SigningRequest, from);
        await using var silo = await EnrolmentSilo.StartAsync(state, server);

        var error = await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, authority.Hash));

        Assert.Contains($"valid from {from.UtcDateTime:u}", error.Message, StringComparison.Ordinal);
        Assert.Contains("this host's clock says", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not trusted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_PortWithoutTls_SaysWhichPortItShouldBe()
    {
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), null);
        using var folder = new StateFolder(path);
        var options = new JoinOptions { Url = silo.Address.Replace("http:", "https:", StringComparison.Ordinal), Token = Token, CaHash = authority.Hash };

        var error = await Assert.ThrowsAsync<IOException>(() => new Joining(options, folder, TimeProvider.System, said).RunAsync(TestContext.Current.CancellationToken));

        Assert.Contains("enrolment port, 7444", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_Pending_AsksAgainWithTheSameKey()
    {
        using var server = authority.Server();
        var state = Honest();
        var answer = state.Enrol;
        state.Enrol = request => state.Requests.Count == 1 ? new EnrolReply { State = EnrolReply.Types.State.Pending, AgentId = Id, RetryAfterSeconds = 1 } : answer(request);
        await using var silo = await EnrolmentSilo.StartAsync(state, server);

        await JoinAsync(silo, authority.Hash);

        Assert.Equal(2, state.Requests.Count);
        Assert.Equal(state.Requests[0].SigningRequest, state.Requests[1].SigningRequest);
        Assert.Contains($"agent approve {Id}", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_Twice_NeedsToBeWanted()
    {
        using var server = authority.Server();
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);
        var first = await JoinAsync(silo, authority.Hash);

        Assert.Contains("--again", (await Assert.ThrowsAsync<IOException>(() => JoinAsync(silo, authority.Hash))).Message, StringComparison.Ordinal);
        var second = await JoinAsync(silo, authority.Hash, again: true);

        Assert.NotEqual(first.Key, second.Key);
    }

    [Theory]
    [InlineData("http://silo:7444", Token, "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("https://silo:7444", "fpp_x", "sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("https://silo:7444", Token, "0000")]
    public void Problems_OfWrongOptions_AreNamedWithoutTheToken(string url, string token, string hash)
    {
        var problem = Assert.Single(new JoinOptions { Url = url, Token = token, CaHash = hash }.Problems());

        Assert.DoesNotContain("AAAA", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("fpp_x", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunIfAsked_AgentThatHasNotJoined_JoinsByItsInvitationOnce()
    {
        using var server = authority.Server();
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);
        string[] args = [$"--FleetProf:Join:Invitation={Invite(silo.Address, authority.Hash)}", $"--FleetProf:Agent:StateFolder={Path.Combine(path, "state")}"];

        Assert.Equal(0, await JoinCommand.RunIfAskedAsync(args, TimeProvider.System));
        var first = Enrolment.Peek(Path.Combine(path, "state"));
        File.Delete(Path.Combine(path, "invitation.json"));
        Assert.Equal(0, await JoinCommand.RunIfAskedAsync(args, TimeProvider.System));

        Assert.Equal(Id, first!.AgentId);
        Assert.Equal(first, Enrolment.Peek(Path.Combine(path, "state")));
        Assert.Single(silo.Received.Requests);
    }

    /// <summary>The silo says that it renews for two hours after a certificate's end.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task RunIfAsked_CertificateThatEnded_JoinsByANewInvitationOnceItCannotBeRenewed(int hoursAgo, int enrolments)
    {
        using var server = authority.Server();
        var state = Honest();
        var answer = state.Enrol;
        state.Enrol = request =>
        {
            var reply = answer(request);
            reply.RenewalGraceSeconds = 2 * 3600;
            return reply;
        };
        await using var silo = await EnrolmentSilo.StartAsync(state, server);
        string[] args = [$"--FleetProf:Join:Invitation={Invite(silo.Address, authority.Hash)}", $"--FleetProf:Agent:StateFolder={Path.Combine(path, "state")}"];
        Assert.Equal(0, await JoinCommand.RunIfAskedAsync(args, TimeProvider.System));
        var before = Enrolment.Peek(Path.Combine(path, "state"));

        var ended = before! with { Certificate = EndedCertificate(before, TimeSpan.FromHours(hoursAgo)) };
        using (var folder = new StateFolder(Path.Combine(path, "state"))) ended.Write(folder);
        Assert.Equal(0, await JoinCommand.RunIfAskedAsync(args, TimeProvider.System));

        Assert.Equal(enrolments, silo.Received.Requests.Count);
        Assert.Equal(enrolments == 1, Enrolment.Peek(Path.Combine(path, "state")) == ended);
    }

    [Fact]
    public async Task RunIfAsked_HostWithAChosenName_JoinsUnderIt()
    {
        using var server = authority.Server();
        await using var silo = await EnrolmentSilo.StartAsync(Honest(), server);

        Assert.Equal(0, await JoinCommand.RunIfAskedAsync([$"--FleetProf:Join:Invitation={Invite(silo.Address, authority.Hash)}", $"--FleetProf:Agent:StateFolder={Path.Combine(path, "state")}", "--FleetProf:Agent:HostName=node-7"], TimeProvider.System));

        Assert.Equal("node-7", Assert.Single(silo.Received.Requests).HostName);
    }

    [Fact]
    public async Task RunIfAsked_EnrolmentThatIsDamaged_IsNotReplaced()
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(path, "state")).FullName, Enrolment.FileName);
        File.WriteAllText(file, "{");

        Assert.Equal(0, await JoinCommand.RunIfAskedAsync([$"--FleetProf:Join:Invitation={Invite("https://silo:7444", authority.Hash)}", $"--FleetProf:Agent:StateFolder={Path.Combine(path, "state")}"], TimeProvider.System));

        Assert.Equal("{", File.ReadAllText(file));
    }

    [Fact]
    public async Task RunIfAsked_WithoutJoinOptions_DoesNothing() =>
        Assert.Equal((0, false), (await JoinCommand.RunIfAskedAsync([$"--FleetProf:Agent:StateFolder={Path.Combine(path, "state")}"], TimeProvider.System), Directory.Exists(Path.Combine(path, "state"))));

    [Theory]
    [InlineData("""{"token":"fpe_AAAA","joinUrl":""")]
    [InlineData("null")]
    [InlineData("""["fpe_AAAA"]""")]
    public void Read_InvitationThatIsNone_SaysSoWithoutItsText(string content)
    {
        var file = Path.Combine(path, "invitation.json");
        File.WriteAllText(file, content);
        var configuration = new ConfigurationBuilder().AddCommandLine([$"--FleetProf:Join:Invitation={file}"]).Build();

        var error = Assert.Throws<IOException>(() => JoinOptions.Read(configuration));

        Assert.Contains("agent token create --output json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OptionsBesideTheInvitation_GoBeforeIt()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine([$"--FleetProf:Join:Invitation={Invite("https://silo:7444", "sha256:00")}", "--FleetProf:Join:Url=https://other:7444"]).Build();

        var options = JoinOptions.Read(configuration);

        Assert.Equal(("https://other:7444", Token, "sha256:00"), (options.Url, options.Token, options.CaHash));
    }

    /// <summary>For the same key.</summary>
    private string EndedCertificate(Enrolment enrolment, TimeSpan ago)
    {
        using var key = HostKey.FromPem(enrolment.Key);
        var life = TimeSpan.FromHours(1);
        return PemEncoding.WriteString("CERTIFICATE", authority.SignClient(key.SigningRequest().Span, DateTimeOffset.UtcNow - ago - life, life));
    }

    private string Invite(string url, string hash)
    {
        var file = Path.Combine(path, "invitation.json");
        File.WriteAllText(file, $$"""{ "tokenId": "0123456789ab", "token": "{{Token}}", "joinUrl": "{{url}}", "caHash": "{{hash}}", "expiresAt": "2026-11-26T12:00:00Z" }""");
        return file;
    }

    private EnrolmentSilo.State Honest()
    {
        var state = new EnrolmentSilo.State { Enrol = request => Reply(request.SigningRequest) };
        state.Roots.AddRange([other.Root.RawData, authority.Root.RawData]);
        return state;
    }

    private EnrolReply Reply(ByteString signingRequest, DateTimeOffset? from = null) => new()
    {
        State = EnrolReply.Types.State.Issued,
        AgentId = Id,
        AgentPort = 7443,
        Certificate = ByteString.CopyFrom(authority.SignClient(signingRequest.Span, from ?? DateTimeOffset.UtcNow.AddMinutes(-5), TimeSpan.FromHours(1))),
        Roots = { ByteString.CopyFrom(authority.Root.RawData) },
    };

    private async Task<Enrolment> JoinAsync(EnrolmentSilo silo, string hash, bool again = false)
    {
        using var folder = new StateFolder(path);
        return await new Joining(new JoinOptions { Url = silo.Address, Token = Token, CaHash = hash, Again = again }, folder, TimeProvider.System, said).RunAsync(TestContext.Current.CancellationToken);
    }
}
