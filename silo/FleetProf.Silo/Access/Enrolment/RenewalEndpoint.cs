using FleetProf.AgentProtocol;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Hosting;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Renews the certificate of the agent that calls; on the agent port, where its certificate has said who it is.</summary>
internal sealed class RenewalEndpoint(CertificateAuthority authority, EnrolledTable agents, AccessLog log, IOptions<SiloOptions> silo) : AgentRenewal.AgentRenewalBase
{
    private const string Step = "renew";

    public override async Task<EnrolReply> Renew(RenewRequest request, ServerCallContext context)
    {
        var caller = AgentCaller.Of(context) ?? throw Refusals.Of(AccessReason.NoCertificate);
        var (key, problem) = SigningRequest.Read(request.SigningRequest.Span);
        if (key is null)
        {
            log.Decided(Step, problem, caller.AgentId, context.Peer);
            throw Refusals.Of(problem);
        }

        var issued = authority.Issue(caller.AgentId, key);
        if (!await KeepAsync(caller, issued, context))
        {
            // Whoever was faster, an operator or a copy of the agent: the next call tells.
            log.Decided(Step, AccessReason.Replaced, caller.AgentId, context.Peer);
            throw Refusals.Of(AccessReason.Replaced);
        }

        log.Decided(Step, AccessReason.None, caller.AgentId, context.Peer);
        return EnrolmentEndpoint.Reply(caller.AgentId, issued, authority, silo.Value);
    }

    /// <summary>False when the certificate of the caller is not the one to be replaced any more.</summary>
    /// <exception cref="RpcException">Unavailable: the catalog cannot be used. The agent asks again, with what it has.</exception>
    private async Task<bool> KeepAsync(AgentCaller caller, IssuedCertificate issued, ServerCallContext context)
    {
        try
        {
            return await agents.RenewAsync(caller.AgentId, caller.Serial, issued, AgentRows.AddressOf(context.Peer));
        }
        catch (Exception exception) when (Refusals.OfCatalog(exception) is { } outage)
        {
            throw outage;
        }
    }
}
