using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Tests.Access.Certificates;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Gateway;
using Google.Protobuf;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Access.Callers;

public sealed class MutualTlsTests : IAsyncLifetime
{
    private TlsRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await TlsRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Agent_ThatJoined_IsServedBySessionAndUpload()
    {
        var agent = await rig.JoinAsync();
        rig.Gateway.Captures.Target = rig.Gateway.Captures.Target with { AgentId = agent.AgentId };
        await using var client = await rig.AttachAsync(agent);
        await client.VitalsAsync(7);

        Assert.Equal(7u, (await client.NextAsync())!.VitalsAck.Sequence);
        // The certificate says who it is: an offer needs no id and no secret.
        var content = CaptureRig.Content(1_000);
        var offer = CaptureRig.Offer(content);
        (offer.AgentId, offer.AgentSecret) = ("", "");
        Assert.Equal("", rig.BeginUpload(agent, offer).Failure);
    }

    /// <summary>By this status an agent knows that its recording waits for a silo that cannot take it now; of any other it has enough after an hour.</summary>
    [Fact]
    public async Task Call_DatabaseAway_IsUnavailableAndNoRefusal()
    {
        var agent = await rig.JoinAsync();
        rig.Gateway.Captures.Target = rig.Gateway.Captures.Target with { AgentId = agent.AgentId };
        var offer = CaptureRig.Offer(CaptureRig.Content(1_000));
        (offer.AgentId, offer.AgentSecret) = ("", "");
        rig.Gateway.Fleet.IsDatabaseAway = true;

        var away = Assert.Throws<RpcException>(() => rig.BeginUpload(agent, offer));

        Assert.Equal(nameof(StatusCode.Unavailable), ReasonOf(away));
        Assert.Contains("database", away.Status.Detail, StringComparison.Ordinal);
        rig.Gateway.Fleet.IsDatabaseAway = false;
        Assert.Equal("", rig.BeginUpload(agent, offer).Failure);
    }

    [Fact]
    public async Task Enrol_DatabaseAway_IsUnavailableWithTheNextStep()
    {
        var token = await rig.TokenAsync();
        rig.Gateway.Fleet.IsDatabaseAway = true;

        for (var i = 0; i <= rig.Options.FailuresPerMinute; i++)
        {
            AssertIsOutage(Assert.Throws<RpcException>(() => rig.Join(token)));
        }

        rig.Gateway.Fleet.IsDatabaseAway = false;
        await using var client = await rig.AttachAsync(rig.Join(token));
    }

    /// <summary>No certificate is given without its row of the audit log.</summary>
    [Fact]
    public async Task Renew_CatalogTakesNoWrites_IsUnavailableWithTheNextStep()
    {
        var agent = await rig.JoinAsync();
        rig.Clock.Advance(TimeSpan.FromHours(16));
        await ExecuteAsync("ALTER TABLE audit RENAME TO away");

        AssertIsOutage(Assert.Throws<RpcException>(() => rig.Renew(agent)));

        await ExecuteAsync("ALTER TABLE away RENAME TO audit");
        await using var client = await rig.AttachAsync(rig.Renew(agent));
    }

    /// <summary>A request is parsed before anybody looks whose it is, and what two bytes are may take hundreds then.</summary>
    [Fact]
    public async Task Renew_MoreThanASigningRequestNeeds_IsRefusedUnread()
    {
        var agent = await rig.JoinAsync();
        await rig.Enrolled.RevokeAsync(agent.AgentId, "ann", null);

        var refused = Assert.Throws<RpcException>(() => rig.Renew(agent, ByteString.CopyFrom(new byte[100_000])));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task Handshake_WithoutAnAgentsCertificate_IsRefused()
    {
        var agent = await rig.JoinAsync();
        using var other = new AuthorityRig();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = other.Issue(agent.AgentId, key).CopyWithPrivateKey(key);
        using var selfSigned = new CertificateRequest($"CN={agent.AgentId}", key, HashAlgorithmName.SHA256).CreateSelfSigned(rig.Clock.GetUtcNow(), rig.Clock.GetUtcNow().AddHours(1));
        using var server = rig.Authority.IssueServer(TimeSpan.FromDays(1));
        using var silo = rig.Authority.IssueCluster(new ClusterName(ClusterRole.Silo, "one"), TimeSpan.FromDays(1));
        using var portal = rig.Authority.IssueCluster(new ClusterName(ClusterRole.Portal, "one"), TimeSpan.FromDays(1));

        foreach (var certificate in new[] { null, foreign, selfSigned, server, silo, portal })
        {
            await using var client = new AgentClient(rig.Agents, rig.Tls(certificate));
            var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await client.SendAsync(new AgentFrame { Hello = TlsRig.HelloOf(agent.AgentId) });
                _ = await client.NextAsync();
            });
            Assert.True(refused is RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Internal } or InvalidOperationException or IOException, refused.ToString());
        }

        await using var served = await rig.AttachAsync(agent);
    }

    [Fact]
    public async Task Handshake_WithoutTls_IsRefused()
    {
        await using var client = new AgentClient(new UriBuilder(rig.Agents) { Scheme = "http" }.Uri);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await client.SendAsync(new AgentFrame { Hello = AgentClient.Hello() });
            _ = await client.NextAsync();
        });
    }

    [Fact]
    public async Task Revoke_WhileTheStreamLives_EndsItAndRefusesTheNext()
    {
        var agent = await rig.JoinAsync();
        await using var client = await rig.AttachAsync(agent);
        Assert.True(await rig.Enrolled.RevokeAsync(agent.AgentId, "ann", null));

        await rig.WatchAsync();

        Assert.True(rig.ShutOut.Has(agent.AgentId));
        var end = (await client.FailureAsync())!;
        Assert.Equal(StatusCode.PermissionDenied, end.StatusCode);
        Assert.Contains("revoked", end.Status.Detail, StringComparison.Ordinal);
        // By this word the agent knows at once that it is to stop what it captures.
        Assert.Equal(nameof(AccessReason.Revoked), ReasonOf(end));
        Assert.Equal(Refusal.Types.Reason.Revoked, (await rig.RefusalAsync(agent)).Reason);
        Assert.Equal(nameof(AccessReason.Revoked), ReasonOf(Assert.Throws<RpcException>(() => rig.Renew(agent))));
        Assert.Equal(nameof(AccessReason.Revoked), ReasonOf(Assert.Throws<RpcException>(() => rig.BeginUpload(agent, CaptureRig.Offer([1])))));
    }

    /// <summary>Its first bytes are here and durable, and its stream waits for the next.</summary>
    [Fact]
    public async Task Revoke_WhileAnUploadIsUnderWay_EndsItAndStoresNothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        var agent = await rig.JoinAsync();
        var captures = rig.Gateway.Captures;
        captures.Target = captures.Target with { AgentId = agent.AgentId };
        var content = CaptureRig.Content(1_000);
        var offer = CaptureRig.Offer(content);
        (offer.AgentId, offer.AgentSecret) = ("", "");
        using var upload = rig.Upload(agent);
        await upload.RequestStream.WriteAsync(CaptureRig.Chunk(content, 0, 600, offer), cancel);
        Assert.True(await upload.ResponseStream.MoveNext(cancel));
        Assert.Equal(600, upload.ResponseStream.Current.ReceivedBytes);
        var end = Assert.ThrowsAsync<RpcException>(() => upload.ResponseStream.MoveNext(cancel).WaitAsync(TimeSpan.FromSeconds(60), cancel));
        Assert.True(await rig.Enrolled.RevokeAsync(agent.AgentId, "ann", null));

        await rig.WatchAsync();

        Assert.Equal(nameof(AccessReason.Revoked), ReasonOf(await end));
        Assert.Equal(nameof(AccessReason.Revoked), ReasonOf(Assert.Throws<RpcException>(
            () => AgentClient.Call(rig.Agents, "CompleteUpload", offer, UploadStatus.Parser, rig.Tls(agent.Certificate)))));
        Assert.Null(await captures.Table.FindAsync(CaptureRig.Capture, cancel));
        Assert.Null(await captures.Store.OpenAsync(CaptureRig.Capture, "original.nettrace", cancel));
    }

    [Fact]
    public async Task Certificate_RunsOut_EndsTheStreamAndCanOnlyBeRenewed()
    {
        var agent = await rig.JoinAsync();
        await using var client = await rig.AttachAsync(agent);
        rig.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(6));

        await rig.WatchAsync();

        Assert.Equal(StatusCode.Unauthenticated, (await client.EndAsync()).StatusCode);
        var refusal = await rig.RefusalAsync(agent);
        Assert.Equal(Refusal.Types.Reason.NotAuthorised, refusal.Reason);
        Assert.Contains("expired", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(nameof(AccessReason.Expired), ReasonOf(Assert.Throws<RpcException>(() => rig.BeginUpload(agent, CaptureRig.Offer([1])))));

        var renewed = rig.Renew(agent);
        Assert.Equal(agent.AgentId, renewed.AgentId);
        await using var again = await rig.AttachAsync(renewed);
    }

    /// <summary>Its renewal failed a moment before, as when many come back at once: that helps soon, and joining again would make another agent of it.</summary>
    [Fact]
    public async Task Refusal_CertificateEndedButRenewable_SaysThatTheAgentRenewsAndToComeBackSoon()
    {
        var agent = await rig.JoinAsync();
        rig.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(6));

        var refusal = await rig.RefusalAsync(agent);

        Assert.InRange(refusal.RetryAfterSeconds, 1u, 60u);
        Assert.Contains("the agent renews it by itself", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>As every agent that is well, once in two thirds of a certificate's life.</summary>
    [Fact]
    public async Task Certificate_RunsOutUnderAStreamAndWasRenewed_SendsTheAgentBackWithoutARefusal()
    {
        var agent = await rig.JoinAsync();
        await using var client = await rig.AttachAsync(agent);
        rig.Clock.Advance(TimeSpan.FromHours(16));
        var renewed = rig.Renew(agent);
        rig.Clock.Advance(TimeSpan.FromHours(8) + TimeSpan.FromMinutes(6));

        await rig.WatchAsync();

        var end = await client.EndAsync();
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
        Assert.DoesNotContain("join", end.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(await rig.AuditAsync(), row => row.Decision == AuditDecision.Denied);
        await using var again = await rig.AttachAsync(renewed);
    }

    [Fact]
    public async Task Certificate_OutForLongerThanTheGrace_IsRefusedInTheHandshake()
    {
        var agent = await rig.JoinAsync();
        rig.Clock.Advance(rig.Options.CertificateLife + rig.Options.RenewalGrace + TimeSpan.FromMinutes(6));

        Assert.NotEqual(nameof(AccessReason.None), ReasonOf(Assert.Throws<RpcException>(() => rig.Renew(agent))));
    }

    [Fact]
    public async Task Identity_OfAMessage_CountsForNothing()
    {
        var agent = await rig.JoinAsync();
        var victim = await rig.JoinAsync();
        rig.Gateway.Captures.Target = rig.Gateway.Captures.Target with { AgentId = victim.AgentId };
        var offer = CaptureRig.Offer(CaptureRig.Content(100));
        offer.AgentId = victim.AgentId;

        var refusal = await rig.RefusalAsync(agent, named: victim.AgentId);

        Assert.Equal(Refusal.Types.Reason.OtherIdentity, refusal.Reason);
        Assert.Equal(nameof(AccessReason.OtherIdentity), ReasonOf(Assert.Throws<RpcException>(() => rig.BeginUpload(agent, offer))));
        offer.AgentId = agent.AgentId;
        Assert.Equal(StatusCode.PermissionDenied, Assert.Throws<RpcException>(() => rig.BeginUpload(agent, offer)).StatusCode);
        offer.AgentId = victim.AgentId;
        Assert.Equal("", rig.BeginUpload(victim, offer).Failure);
    }

    [Fact]
    public async Task Audit_OfJoinsLockOutsAndRefusals_NamesAgentAndAddress()
    {
        var agent = await rig.JoinAsync();
        var renewed = rig.Renew(agent);
        Assert.Equal(Refusal.Types.Reason.OtherIdentity, (await rig.RefusalAsync(renewed, named: AgentName.Create(rig.Clock.GetUtcNow()))).Reason);
        await using (var client = await rig.AttachAsync(renewed))
        {
            await client.CompleteAsync();
            await client.EndAsync();
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(agent)).Reason);
        }

        Assert.ThrowsAny<Exception>(() => rig.BeginUpload(new(agent.AgentId, agent.Key, null!), CaptureRig.Offer([1])));
        var rows = await rig.AuditAsync();

        Assert.All(rows.Where((_, i) => i > 0), row => Assert.Null(AuditChain.ProblemOf(rows[(int)row.Sequence - 2], row)));
        Assert.Equal(
            [
                ("agent.join", agent.AgentId, "127.0.0.1", AuditDecision.Allowed),
                ("agent.lock-out", "fleetprof", "127.0.0.1", AuditDecision.Allowed),
                ("agent.call", agent.AgentId, "", AuditDecision.Denied),
                ("agent.call", agent.AgentId, "127.0.0.1", AuditDecision.Denied),
                ("agent.call", agent.AgentId, "127.0.0.1", AuditDecision.Denied),
                ("agent.connect", "127.0.0.1", "127.0.0.1", AuditDecision.Denied),
            ],
            rows.Select(row => (row.Action, row.Actor, row.Address, row.Decision)));
        Assert.Equal([nameof(AccessReason.OtherIdentity), nameof(AccessReason.Replaced), nameof(AccessReason.Quarantined), nameof(AccessReason.NoCertificate)], rows.Skip(2).Select(row => row.Reason.Split(':')[0]));
        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.RefusalAsync(agent);
        Assert.Contains("So were 18 more", (await rig.AuditAsync())[^1].Reason, StringComparison.Ordinal);
    }

    /// <summary>One agent that was taken over must not take the places of all others.</summary>
    [Fact]
    public async Task Session_OneAfterTheOtherWithoutEnd_OfOneAgentIsRefusedAndOfOthersIsNot()
    {
        var agent = await rig.JoinAsync();
        var other = await rig.JoinAsync();
        for (var session = 0; session < 60; session++)
        {
            Assert.Equal(Refusal.Types.Reason.OtherIdentity, (await rig.RefusalAsync(agent, named: other.AgentId)).Reason);
        }

        await using var refused = new AgentClient(rig.Agents, rig.Tls(agent.Certificate));
        Assert.Equal(StatusCode.ResourceExhausted, (await refused.EndAsync()).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, Assert.Throws<RpcException>(() => rig.Renew(agent)).StatusCode);
        await using var attached = await rig.AttachAsync(other);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await using var later = await rig.AttachAsync(agent);
    }

    [Fact]
    public async Task Labels_OfTheToken_OverruleTheAgents()
    {
        var agent = await rig.JoinAsync(new() { Labels = new Dictionary<string, string> { ["team"] = "shop" } });
        var hello = TlsRig.HelloOf(agent.AgentId);
        hello.Labels["team"] = "admin";
        hello.Labels["rack"] = "7";

        var heard = Silo.Gateway.Frames.ToHello(hello, (await rig.Enrolled.ListAsync(1))[0].Labels);

        Assert.Equal([("rack", "7"), ("team", "shop")], heard.Labels.Select(label => (label.Key, label.Value)).Order());
        Assert.True(heard.IsCertified);
    }

    [Fact]
    public async Task ForgottenAgent_WithAGoodCertificate_IsUnknown()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = AgentName.Create(rig.Clock.GetUtcNow());
        var (read, _) = SigningRequest.Read(AuthorityRig.Request(key));
        using var certificate = X509CertificateLoader.LoadCertificate(rig.Authority.Issue(id, read!).Certificate);

        var refusal = await rig.RefusalAsync(new(id, key, certificate.CopyWithPrivateKey(key)));

        Assert.Contains("does not know", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Strangers learn no name of it.</summary>
    private static void AssertIsOutage(RpcException exception)
    {
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.Equal("The silo cannot use its database, or another silo, for now; its log says more. Try again later.", exception.Status.Detail);
    }

    private Task ExecuteAsync(string statement) => rig.Gateway.Fleet.Database.WriteAsync((connection, transaction) => connection.Execute(statement, transaction: transaction));

    private static string ReasonOf(RpcException exception) => exception.Trailers.GetValue(Refusals.ReasonTrailer) ?? exception.StatusCode.ToString();
}
