using System.Security.Cryptography;
using System.Text;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Captures.Artifacts;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>
/// Decides whether an agent may upload what it offers. An upload is taken only for a capture that this silo ordered, from
/// the agent it was ordered from, in the attempt that is current.
/// </summary>
internal sealed partial class UploadOfferCheck(IGrainFactory grains, IOptions<CaptureOptions> options, AccessLog access, ILogger<UploadOfferCheck> logger)
{
    private const string Step = "upload";
    private const int MaxAgentIdLength = 128;

    /// <exception cref="RpcException">InvalidArgument, Unauthenticated or PermissionDenied: repeating the call does not help.</exception>
    public async Task<CheckedOffer> CheckAsync(UploadOffer offer, string? callerId, CancellationToken cancellationToken)
    {
        if (callerId is not null)
        {
            Claim(offer, callerId);
        }

        RefuseMalformed(offer);
        if (callerId is null)
        {
            await RefuseWrongSecretAsync(offer);
        }

        var campaignId = CaptureId.CampaignOf(offer.CaptureId)!;
        var campaign = await grains.GetGrain<ICampaignGrain>(campaignId).GetOneAsync(offer.CaptureId, cancellationToken);
        var target = campaign?.Targets.FirstOrDefault(candidate => candidate.CaptureId == offer.CaptureId);
        if (campaign is null || target is null || target.AgentId != offer.AgentId)
        {
            // One answer for all: an agent learns nothing about captures of others.
            LogNotOrdered(offer.AgentId, offer.CaptureId);
            if (callerId is not null && target is not null)
            {
                access.Decided(Step, AccessReason.OtherCapture, callerId, "", offer.CaptureId);
            }

            throw new RpcException(new Status(StatusCode.PermissionDenied, $"No capture {offer.CaptureId} was ordered from this agent."));
        }

        return Weigh(offer, campaignId, target, Math.Min(campaign.Spec.MaxBytes + Slack(campaign.Spec.MaxBytes), options.Value.MaxArtifactBytes));
    }

    /// <summary>A certificate has said who it is; an offer of another agent is not even read.</summary>
    private void Claim(UploadOffer offer, string callerId)
    {
        if (offer.AgentId.Length > 0 && offer.AgentId != callerId)
        {
            access.Decided(Step, AccessReason.OtherIdentity, callerId, "");
            throw Refusals.Of(AccessReason.OtherIdentity);
        }

        offer.AgentId = callerId;
    }

    private async Task RefuseWrongSecretAsync(UploadOffer offer)
    {
        var secretHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(offer.AgentSecret)));
        if (!await grains.GetGrain<IAgentGrain>(offer.AgentId).VerifyAsync(secretHash))
        {
            LogNotAuthenticated(offer.AgentId, offer.CaptureId);
            throw new RpcException(new Status(StatusCode.Unauthenticated, "The agent's id and secret do not belong together. Check the agent's state folder."));
        }
    }

    /// <summary>The stream's end (rundown, last buffers) comes after the agent has noticed its limit.</summary>
    private static long Slack(long maxBytes) => Math.Max(16 * 1024 * 1024, maxBytes / 4);

    private static CheckedOffer Weigh(UploadOffer offer, string campaignId, CampaignTarget target, long maxBytes)
    {
        var (refusal, message) = target switch
        {
            _ when target.Attempt != offer.Attempt => (CaptureFailure.Expired, $"Attempt {offer.Attempt} of this capture is not current any more."),
            { State: CaptureState.Cancelled } => (CaptureFailure.Cancelled, "The capture was stopped."),
            { State: CaptureState.Failed } => (CaptureFailure.Expired, $"The capture has already ended: {target.Failure}."),
            _ when offer.SizeBytes > maxBytes => (CaptureFailure.ByteLimitReached, $"The artifact has {offer.SizeBytes} bytes, the limit is {maxBytes}."),
            _ => (CaptureFailure.None, ""),
        };
        return new CheckedOffer
        {
            CaptureId = offer.CaptureId,
            CampaignId = campaignId,
            Attempt = (int)offer.Attempt,
            AgentId = offer.AgentId,
            Kind = target.Kind,
            SizeBytes = offer.SizeBytes,
            Sha256 = offer.Sha256,
            Refusal = refusal,
            Message = message,
        };
    }

    private static void RefuseMalformed(UploadOffer offer)
    {
        var problem = offer switch
        {
            { AgentId.Length: 0 or > MaxAgentIdLength } => "agent_id is empty or too long",
            _ when !ArtifactStore.IsCaptureId(offer.CaptureId) => "capture_id is no capture id",
            { Attempt: 0 or > int.MaxValue } => "attempt is not positive",
            { SizeBytes: <= 0 } => "size_bytes is not positive",
            _ when !ArtifactStore.IsSha256(offer.Sha256) => "sha256 is not 64 lower-case hex digits",
            _ => null,
        };
        if (problem is not null)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The upload offer is malformed: {problem}."));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload refused: agent {AgentId} gave a wrong secret (capture {CaptureId})")]
    private partial void LogNotAuthenticated(string agentId, string captureId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload refused: capture {CaptureId} was not ordered from agent {AgentId}")]
    private partial void LogNotOrdered(string agentId, string captureId);
}
