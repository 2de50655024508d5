using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Captures;
using FleetProf.Silo.Tests.Gateway;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Access.Callers;

/// <summary>An agent's state folder exists twice, or seems to.</summary>
public sealed class CopiedStateFolderTests : IAsyncLifetime
{
    private TlsRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await TlsRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task CopiedFolder_TwoLiveStreams_LocksBothOut()
    {
        var agent = await rig.JoinAsync();
        await using var first = await rig.AttachAsync(agent, "n1");
        Assert.Equal(Refusal.Types.Reason.DuplicateAgent, (await rig.RefusalAsync(agent, "n2")).Reason);

        rig.Clock.Advance(TimeSpan.FromSeconds(3));
        await first.HeartbeatAsync();
        await GatewayRig.UntilAsync(async () =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            await first.HeartbeatAsync();
            return (await rig.Enrolled.FindAsync(agent.AgentId))!.Standing == (long)AgentStanding.Quarantined;
        });
        await rig.WatchAsync();

        Assert.True(rig.ShutOut.Has(agent.AgentId));
        var end = await first.EndAsync();
        Assert.Equal(StatusCode.PermissionDenied, end.StatusCode);
        Assert.Contains("enrolment.json", end.Detail, StringComparison.Ordinal);
        Assert.Contains("--state-folder /var/lib/fleetprof-agent", end.Detail, StringComparison.Ordinal);
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(agent, "n1")).Reason);
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(agent, "n2")).Reason);
    }

    [Fact]
    public async Task RestartedAgent_WhoseOldStreamIsNotNoticedYet_IsNoCopy()
    {
        var agent = await rig.JoinAsync();
        await using var first = await rig.AttachAsync(agent, "n1");
        Assert.Equal(Refusal.Types.Reason.DuplicateAgent, (await rig.RefusalAsync(agent, "n2")).Reason);

        // The first gives no sign of life any more.
        rig.Clock.Advance(TimeSpan.FromSeconds(40));

        await using var second = await rig.AttachAsync(agent, "n2");
        Assert.Equal((long)AgentStanding.Active, (await rig.Enrolled.FindAsync(agent.AgentId))!.Standing);
    }

    /// <summary>What its socket still held goes out when the link is back, long after the process was killed.</summary>
    [Fact]
    public async Task RestartedAgent_WhoseOldBeatsComeLate_IsNoCopy()
    {
        var agent = await rig.JoinAsync();
        await using var first = await rig.AttachAsync(agent, "n1");
        Assert.Equal(Refusal.Types.Reason.DuplicateAgent, (await rig.RefusalAsync(agent, "n2")).Reason);

        rig.Clock.Advance(TimeSpan.FromSeconds(9));
        await first.HeartbeatAsync();
        await first.HeartbeatAsync();
        await first.CompleteAsync();
        await first.EndAsync();

        await using var second = await rig.AttachAsync(agent, "n2");
        Assert.Equal((long)AgentStanding.Active, (await rig.Enrolled.FindAsync(agent.AgentId))!.Standing);
    }

    [Fact]
    public async Task CopiedFolder_OneAfterTheOther_LocksBothOut()
    {
        var agent = await rig.JoinAsync();
        var renewed = rig.Renew(agent);
        await using (var client = await rig.AttachAsync(renewed))
        {
            await client.CompleteAsync();
            await client.EndAsync();
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(agent, "n2")).Reason);
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(renewed)).Reason);
    }

    /// <summary>Routes mind neither letter case nor a slash at the end, so that who calls chooses how a method is spelled.</summary>
    [Theory]
    [InlineData("session")]
    [InlineData("Session/")]
    [InlineData("SESSION")]
    public async Task CopiedFolder_ThatSpellsTheMethodOtherwise_LocksBothOut(string name)
    {
        var agent = await rig.JoinAsync();
        var renewed = rig.Renew(agent);
        await ComeAndGoAsync(renewed);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await AgentClient.RefusalAsync(rig.Agents, TlsRig.HelloOf(agent.AgentId), rig.Tls(agent.Certificate), name)).Reason);

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(renewed)).Reason);
    }

    [Fact]
    public async Task Renewal_WithAReplacedCertificateAndTheMethodSpelledOtherwise_LocksBothOut()
    {
        var agent = await rig.JoinAsync();
        var renewed = rig.Renew(agent);
        await ComeAndGoAsync(renewed);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(nameof(AccessReason.Replaced), ReasonOf(Assert.Throws<RpcException>(() => rig.Renew(agent, "renew"))));

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(renewed)).Reason);
    }

    [Fact]
    public async Task Upload_WithACertificateThatWasReplacedTwice_LocksBothOut()
    {
        var agent = await rig.JoinAsync();
        var last = rig.Renew(rig.Renew(agent));

        Assert.Equal(nameof(AccessReason.Replaced), ReasonOf(Assert.Throws<RpcException>(() => rig.BeginUpload(agent, CaptureRig.Offer([1])))));

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(last)).Reason);
    }

    [Fact]
    public async Task Restore_OfABackupFromBeforeTheRenewal_KeepsTheAgentAndStillFindsCopies()
    {
        var agent = await rig.JoinAsync();
        await ComeAndGoAsync(agent);
        var backup = (await rig.Enrolled.FindAsync(agent.AgentId))!;
        rig.Clock.Advance(TimeSpan.FromHours(16));
        var renewed = rig.Renew(agent);
        await ComeAndGoAsync(renewed);
        rig.Clock.Advance(TimeSpan.FromHours(1));

        await rig.RestoreAsync(backup);
        await ComeAndGoAsync(renewed);

        Assert.Equal("fleetprof", Assert.Single(await rig.AuditAsync(), row => row.Action == "agent.take-over").Actor);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(agent, "copy")).Reason);
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(renewed)).Reason);
    }

    [Fact]
    public async Task Restore_CopyRenewedFirst_TheOriginalIsNoticed()
    {
        var agent = await rig.JoinAsync();
        await ComeAndGoAsync(agent);
        var backup = (await rig.Enrolled.FindAsync(agent.AgentId))!;
        rig.Clock.Advance(TimeSpan.FromHours(16));
        var original = rig.Renew(agent);
        await ComeAndGoAsync(original);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        var copy = rig.Renew(original);
        await rig.RestoreAsync(backup);

        // It asks to renew first of all, as one does that was away for long.
        await ComeAndGoAsync(rig.Renew(copy));

        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(original)).Reason);
        Assert.Equal(Refusal.Types.Reason.Quarantined, (await rig.RefusalAsync(copy)).Reason);
    }

    [Fact]
    public async Task Restore_AgentRevokedInTheBackup_StaysOut()
    {
        var agent = await rig.JoinAsync();
        await ComeAndGoAsync(agent);
        var backup = (await rig.Enrolled.FindAsync(agent.AgentId))!;
        rig.Clock.Advance(TimeSpan.FromHours(16));
        var renewed = rig.Renew(agent);
        await rig.RestoreAsync(backup);
        await rig.Enrolled.RevokeAsync(agent.AgentId, "ann", null);

        Assert.Equal(Refusal.Types.Reason.Revoked, (await rig.RefusalAsync(renewed)).Reason);
    }

    /// <summary>In that catalog the certificate of every agent ended more than a month ago, and with the first that comes the others must not be gone for good.</summary>
    [Fact]
    public async Task Restore_OfABackupOlderThanAMonth_ForgetsNobodyWhoIsStillToCome()
    {
        var (first, last, gone) = (await rig.JoinAsync(), await rig.JoinAsync(), await rig.JoinAsync());
        foreach (var agent in new[] { first, last, gone })
        {
            await rig.RestoreAsync(AgedBy(TimeSpan.FromDays(40), (await rig.Enrolled.FindAsync(agent.AgentId))!));
        }

        using var watch = rig.StartedWatch();
        await ComeAndGoAsync(first);
        await watch.KeepUpAsync();

        await ComeAndGoAsync(last);
        rig.Clock.Advance(rig.Authority.Spread + TimeSpan.FromMinutes(1));
        await watch.KeepUpAsync();

        Assert.NotNull(await rig.Enrolled.FindAsync(first.AgentId));
        Assert.NotNull(await rig.Enrolled.FindAsync(last.AgentId));
        Assert.Null(await rig.Enrolled.FindAsync(gone.AgentId));
    }

    /// <summary>The row as it was then, with a certificate that was replaced long since.</summary>
    private static EnrolledRow AgedBy(TimeSpan time, EnrolledRow row) => row with
    {
        Serial = "02",
        PreviousSerial = "01",
        UsedSerial = "02",
        UsedAt = row.EnrolledAt - (long)time.TotalMilliseconds,
        CertificateEndsAt = row.CertificateEndsAt - (long)time.TotalMilliseconds,
    };

    private async Task ComeAndGoAsync(TlsAgent agent)
    {
        await using var client = await rig.AttachAsync(agent);
        await client.CompleteAsync();
        await client.EndAsync();
    }

    private static string ReasonOf(RpcException exception) => exception.Trailers.GetValue(Refusals.ReasonTrailer) ?? exception.StatusCode.ToString();
}
