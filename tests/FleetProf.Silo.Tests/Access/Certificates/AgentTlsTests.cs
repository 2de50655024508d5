using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Access.Certificates;

/// <summary>The certificate that agents and hosts are shown.</summary>
public sealed class AgentTlsTests : IDisposable
{
    private readonly AuthorityRig rig = new();
    private readonly AgentTls tls;

    public AgentTlsTests() => tls = new(rig.Authority, new AccessLog(NullLogger<AccessLog>.Instance, rig.Clock), Options.Create(rig.Options), rig.Clock);

    public void Dispose()
    {
        tls.Dispose();
        rig.Dispose();
    }

    [Fact]
    public void ServerContext_CertificateInItsLastThird_IsMadeAnew()
    {
        var first = tls.ServerContext();
        rig.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Same(first, tls.ServerContext());

        rig.Clock.Advance(TimeSpan.FromDays(1));

        Assert.NotSame(first, tls.ServerContext());
    }

    /// <summary>Where the root's key was taken away: another certificate would end as soon, and after the issuer's end none can be made.</summary>
    [Fact]
    public void ServerContext_IssuerThatEndsAndIsNotReplaced_IsMadeOnce()
    {
        rig.Clock.Advance(TimeSpan.FromDays(363));
        var last = tls.ServerContext();

        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Same(last, tls.ServerContext());
        rig.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Same(last, tls.ServerContext());
    }
}
