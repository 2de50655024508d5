using System.Net;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Tests.Access.Certificates;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Access.Enrolment;

public sealed class JoiningTests : IDisposable
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");

    private readonly AuthorityRig authority = new();
    private readonly TemporaryCatalog catalog = new();
    private readonly JoinTokenTable tokens;
    private readonly EnrolledTable agents;
    private readonly Joining joining;

    public JoiningTests()
    {
        tokens = new(catalog.Database, authority.Clock);
        agents = new(catalog.Database, authority.Clock);
        joining = new(authority.Authority, tokens, agents, authority.Clock);
    }

    public void Dispose()
    {
        catalog.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task Join_GoodToken_GivesAnIdAndACertificateForIt()
    {
        var token = await TokenAsync(new() { Labels = new Dictionary<string, string> { ["team"] = "shop" } });

        var outcome = await JoinAsync(token);

        Assert.Equal(AccessReason.None, outcome.Reason);
        var agent = Assert.Single(await agents.ListAsync(10));
        Assert.Equal((outcome.AgentId, AgentStanding.Active, "host1", "shop"), (agent.AgentId, agent.Standing, agent.HostName, agent.Labels["team"]));
        Assert.Equal(1, (await tokens.FindAsync(token.Id))!.Uses);
    }

    [Fact]
    public async Task Join_HostThatWouldForgeALogLine_LosesItsControlCharacters()
    {
        await JoinAsync((await TokenAsync(new())).Reveal(), "web1\r\nAgent root was approved\u001b[2J" + new string('x', 500));

        var agent = Assert.Single(await agents.ListAsync(10));
        Assert.StartsWith("web1Agent root was approved[2Jxx", agent.HostName, StringComparison.Ordinal);
        Assert.InRange(agent.HostName.Length, 1, 128);
    }

    [Fact]
    public async Task Join_TokensThatAreNoGood_SayWhy()
    {
        var good = await TokenAsync(new());
        var expired = await TokenAsync(new() { LifeMinutes = 1 });
        var revoked = await TokenAsync(new());
        await tokens.RevokeAsync(revoked.Id);
        var elsewhere = await TokenAsync(new() { Networks = ["192.168.0.0/16", "fd00::/8"] });
        var used = await TokenAsync(new());
        Assert.Equal(AccessReason.None, (await JoinAsync(used)).Reason);
        var wrongSecret = $"fpe_{good.Id}_{JoinTokenText.Create().Reveal()[17..]}";
        authority.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(AccessReason.TokenMalformed, (await JoinAsync("secret")).Reason);
        Assert.Equal(AccessReason.TokenMalformed, (await JoinAsync(good.Reveal()[..^1])).Reason);
        Assert.Equal(AccessReason.TokenUnknown, (await JoinAsync(JoinTokenText.Create())).Reason);
        Assert.Equal(AccessReason.TokenUnknown, (await JoinAsync(wrongSecret)).Reason);
        Assert.Equal(AccessReason.TokenExpired, (await JoinAsync(expired)).Reason);
        Assert.Equal(AccessReason.TokenRevoked, (await JoinAsync(revoked)).Reason);
        Assert.Equal(AccessReason.TokenElsewhere, (await JoinAsync(elsewhere)).Reason);
        Assert.Equal(AccessReason.TokenUsedUp, (await JoinAsync(used)).Reason);
        Assert.Single(await agents.ListAsync(10));
    }

    [Fact]
    public async Task Join_ManyHostsAtOnce_GivesExactlyAsManyCertificatesAsUses()
    {
        var token = await TokenAsync(new() { MaxUses = 7 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => JoinAsync(token))));

        Assert.Equal(7, outcomes.Count(outcome => outcome.Issued is not null));
        Assert.Equal(33, outcomes.Count(outcome => outcome.Reason == AccessReason.TokenUsedUp));
        Assert.Equal(7, (await agents.ListAsync(100)).Count);
        Assert.Equal(7, (await tokens.FindAsync(token.Id))!.Uses);
    }

    [Fact]
    public async Task Join_SameRequestAgain_IsTheSameAgentAndOneUse()
    {
        var token = await TokenAsync(new() { MaxUses = 5 });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRig.Request(key);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => joining.JoinAsync(token.Reveal(), request, "host1", Inside))));

        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Issued));
        Assert.Single(outcomes.Select(outcome => outcome.AgentId).Distinct());
        Assert.Equal(1, (await tokens.FindAsync(token.Id))!.Uses);
        authority.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(AccessReason.TokenExpired, (await joining.JoinAsync(token.Reveal(), request, "host1", Inside)).Reason);
    }

    [Fact]
    public async Task Expire_PendingForTooLong_AreRefusedAndNobodyElse()
    {
        var active = await JoinAsync(await TokenAsync(new()));
        var token = await TokenAsync(new() { NeedsApproval = true, MaxUses = 2, LifeMinutes = 60 * 24 });
        var late = await JoinAsync(token);
        authority.Clock.Advance(TimeSpan.FromHours(2));
        var waiting = await JoinAsync(token);

        Assert.Equal(1, await agents.ExpirePendingAsync(authority.Clock.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.Equal(0, await agents.ExpirePendingAsync(authority.Clock.GetUtcNow() - TimeSpan.FromHours(1)));

        Assert.False(await agents.ApproveAsync(late.AgentId, "ann"));
        Assert.True(await agents.ApproveAsync(waiting.AgentId, "ann"));
        var standings = (await agents.ListAsync(10)).ToDictionary(agent => agent.AgentId, agent => (agent.Standing, agent.Reason));
        Assert.Equal((AgentStanding.Revoked, "not approved in time"), standings[late.AgentId]);
        Assert.Equal(AgentStanding.Active, standings[active.AgentId].Standing);
    }

    [Fact]
    public async Task Join_NeedsApproval_GetsACertificateOnceApproved()
    {
        var token = await TokenAsync(new() { NeedsApproval = true });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRig.Request(key);

        var waiting = await joining.JoinAsync(token.Reveal(), request, "host1", Inside);
        Assert.Equal((AccessReason.Pending, null), (waiting.Reason, waiting.Issued));
        // The token is over long before the operator comes.
        authority.Clock.Advance(TimeSpan.FromHours(20));
        Assert.Equal(AccessReason.Pending, (await joining.JoinAsync(token.Reveal(), request, "host1", Inside)).Reason);
        Assert.True(await agents.ApproveAsync(waiting.AgentId, "ann"));
        Assert.False(await agents.ApproveAsync(waiting.AgentId, "ann"));

        var joined = await joining.JoinAsync(token.Reveal(), request, "host1", Inside);

        Assert.Equal((AccessReason.None, waiting.AgentId), (joined.Reason, joined.AgentId));
        Assert.NotNull(joined.Issued);
    }

    [Fact]
    public async Task Join_RevokedAgent_GetsNoOtherCertificate()
    {
        var token = await TokenAsync(new() { MaxUses = 5 });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRig.Request(key);
        var joined = await joining.JoinAsync(token.Reveal(), request, "host1", Inside);
        Assert.True(await agents.RevokeAsync(joined.AgentId, "ann", "sold"));

        Assert.Equal(AccessReason.Revoked, (await joining.JoinAsync(token.Reveal(), request, "host1", Inside)).Reason);
    }

    [Fact]
    public async Task Secret_OfAToken_IsInNoFileAndNoText()
    {
        var token = await TokenAsync(new());
        await JoinAsync(token);
        var secret = token.Reveal()[17..];
        catalog.Reopen();

        Assert.All(Directory.GetFiles(catalog.Folder), file => Assert.DoesNotContain(secret, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        Assert.DoesNotContain(secret, token.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_OneAfterTheOther_TakesTheNewestAndTheUnusedOneBeforeOnly()
    {
        var joined = await JoinAsync(await TokenAsync(new()));
        var (id, first) = (joined.AgentId, joined.Issued!);
        using var certificate = authority.Issue(id);
        Silo.Access.Certificates.IssuedCertificate Next() => authority.Authority.Issue(id, certificate.PublicKey);
        var (second, third, fourth) = (Next(), Next(), Next());

        Assert.True(await agents.RenewAsync(id, first.Serial, second, ""));
        // The answer got lost: the agent asks again with what it has.
        Assert.True(await agents.RenewAsync(id, first.Serial, third, ""));
        Assert.True((await agents.FindAsync(id))!.Fits(first.Serial, authority.Clock.GetUtcNow()));
        Assert.True(await agents.UseAsync(id, third.Serial));
        Assert.False(await agents.RenewAsync(id, first.Serial, fourth, ""));
        Assert.False(await agents.RenewAsync(id, second.Serial, fourth, ""));
        Assert.True((await agents.FindAsync(id))!.Fits(first.Serial, authority.Clock.GetUtcNow()), "calls under way are forgiven");

        authority.Clock.Advance(TimeSpan.FromMinutes(2));
        var row = (await agents.FindAsync(id))!;
        Assert.False(row.Fits(first.Serial, authority.Clock.GetUtcNow()));
        Assert.False(row.Fits(second.Serial, authority.Clock.GetUtcNow()));
        Assert.True(row.Fits(third.Serial, authority.Clock.GetUtcNow()));
    }

    private async Task<JoinTokenText> TokenAsync(JoinTokenRequest request)
    {
        var token = JoinTokenText.Create();
        await tokens.AddAsync(token, request, "ann", authority.Clock.GetUtcNow().AddMinutes(request.LifeMinutes));
        return token;
    }

    private Task<JoinOutcome> JoinAsync(JoinTokenText token) => JoinAsync(token.Reveal());

    private async Task<JoinOutcome> JoinAsync(string token, string host = "host1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return await joining.JoinAsync(token, AuthorityRig.Request(key), host, Inside);
    }
}
