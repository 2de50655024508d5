using System.Net;
using FleetProf.AgentProtocol;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Hosting;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>The gRPC service of the enrolment port: all that a host without a certificate can call.</summary>
internal sealed class EnrolmentEndpoint(
    Joining joining, CertificateAuthority authority, EnrolmentLimit limit, AccessLog log, IOptions<SiloOptions> silo, Random random) : AgentEnrolment.AgentEnrolmentBase
{
    private const string Step = "join";
    private const int PendingSeconds = 10;

    public override Task<RootsReply> FetchRoots(RootsRequest request, ServerCallContext context)
    {
        var address = context.GetHttpContext().Connection.RemoteIpAddress;
        if (!limit.TryFetch(address))
        {
            throw TooMany(address, context);
        }

        var reply = new RootsReply();
        reply.Roots.Add(authority.Keys.Roots.Select(root => ByteString.CopyFrom(root.RawData)));
        return Task.FromResult(reply);
    }

    public override async Task<EnrolReply> Enrol(EnrolRequest request, ServerCallContext context)
    {
        var address = context.GetHttpContext().Connection.RemoteIpAddress;
        if (!limit.TryEnter(address))
        {
            throw TooMany(address, context);
        }

        var outcome = await JoinAsync(request, address);
        log.Decided(Step, outcome.Reason, outcome.AgentId, context.Peer, JoinTokenText.Parse(request.Token)?.Id ?? "");
        switch (outcome)
        {
            case { Reason: AccessReason.None, Issued: { } issued }:
                return Reply(outcome.AgentId, issued, authority, silo.Value);
            case { Reason: AccessReason.Pending }:
                return new EnrolReply { State = EnrolReply.Types.State.Pending, AgentId = outcome.AgentId, RetryAfterSeconds = (uint)(PendingSeconds + random.Next(PendingSeconds / 2)) };
            default:
                limit.Failed(address);
                throw Refusals.Of(outcome.Reason);
        }
    }

    /// <exception cref="RpcException">Unavailable: the catalog cannot be used. The host repeats its request, which counts as no failed attempt.</exception>
    private async Task<JoinOutcome> JoinAsync(EnrolRequest request, IPAddress? address)
    {
        try
        {
            return await joining.JoinAsync(request.Token, request.SigningRequest.ToByteArray(), request.HostName, address);
        }
        catch (Exception exception) when (Refusals.OfCatalog(exception) is { } outage)
        {
            throw outage;
        }
    }

    /// <summary>Anybody may ask as often as the network allows, and the log is not to be filled by it.</summary>
    private RpcException TooMany(IPAddress? address, ServerCallContext context)
    {
        if (limit.IsNewlyRefused(address))
        {
            log.Decided(Step, AccessReason.TooMany, "", context.Peer);
        }
        else
        {
            AccessLog.Counted(Step, AccessReason.TooMany);
        }

        return Refusals.Of(AccessReason.TooMany);
    }

    /// <summary>What joining and renewing give.</summary>
    public static EnrolReply Reply(string agentId, IssuedCertificate issued, CertificateAuthority authority, SiloOptions silo)
    {
        var reply = new EnrolReply
        {
            State = EnrolReply.Types.State.Issued,
            AgentId = agentId,
            Certificate = ByteString.CopyFrom(issued.Certificate),
            AgentPort = (uint)ListenAddress.Parse(silo.AgentListen).Port,
            RenewalGraceSeconds = (uint)authority.RenewalGrace.TotalSeconds,
        };
        reply.Chain.Add(issued.Chain.Select(ByteString.CopyFrom));
        reply.Roots.Add(authority.Keys.Roots.Select(root => ByteString.CopyFrom(root.RawData)));
        return reply;
    }
}
