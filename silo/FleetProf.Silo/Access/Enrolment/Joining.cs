using System.Data.Common;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Makes a host an agent: weighs its token, takes its key, gives it an id and a certificate.</summary>
internal sealed class Joining(CertificateAuthority authority, JoinTokenTable tokens, EnrolledTable agents, TimeProvider clock)
{
    private const int LongestHost = 128;

    /// <summary>A certificate; or an agent id alone while it waits for approval; or a reason.</summary>
    public async Task<JoinOutcome> JoinAsync(string tokenText, byte[] signingRequest, string host, IPAddress? address)
    {
        if (JoinTokenText.Parse(tokenText) is not { } token)
        {
            return new(AccessReason.TokenMalformed);
        }

        var (key, problem) = SigningRequest.Read(signingRequest);
        if (key is null)
        {
            return new(problem);
        }

        // A wrong secret and a wrong id look the same from outside.
        if (await tokens.FindAsync(token.Id) is not { } row || !token.Matches(row.SecretHash))
        {
            return new(AccessReason.TokenUnknown);
        }

        if (await agents.FindByKeyAsync(row.TokenId, SigningRequest.HashOf(key)) is { } known)
        {
            return await CollectAsync(known, key, address);
        }

        return row.Weigh(address, clock.GetUtcNow()) is not AccessReason.None and var reason
            ? new(reason)
            : await EnrolAsync(row, key, host, address);
    }

    private async Task<JoinOutcome> EnrolAsync(JoinTokenRow token, PublicKey key, string host, IPAddress? address, bool isRepeated = false)
    {
        var keyHash = SigningRequest.HashOf(key);
        var now = clock.GetUtcNow();
        var agentId = AgentName.Create(now);
        var issued = token.NeedsApproval == 0 ? authority.Issue(agentId, key) : null;
        var row = new EnrolledRow
        {
            AgentId = agentId,
            TokenId = token.TokenId,
            KeyHash = keyHash,
            Host = Clean(host),
            LabelsJson = token.LabelsJson,
            Standing = (long)(issued is null ? AgentStanding.Pending : AgentStanding.Active),
            ChangedBy = $"token {token.TokenId}",
            ChangedAt = now.ToUnixTimeMilliseconds(),
            EnrolledAt = now.ToUnixTimeMilliseconds(),
            CollectUntil = token.ExpiresAt,
            Serial = issued?.Serial ?? "",
            CertificateEndsAt = issued?.ExpiresAt.ToUnixTimeMilliseconds(),
        };
        try
        {
            var result = await agents.RedeemAsync(row, AgentRows.AddressOf(address));
            if (result != RedeemResult.Known)
            {
                return result == RedeemResult.UsedUp ? new(AccessReason.TokenUsedUp) : new(issued is null ? AccessReason.Pending : AccessReason.None, agentId, issued);
            }
        }
        catch (DbException) when (!isRepeated)
        {
            // The same host's other try may have been faster in another silo.
        }

        return await agents.FindByKeyAsync(token.TokenId, keyHash) is { } faster
            ? await CollectAsync(faster, key, address)
            : await EnrolAsync(token, key, host, address, isRepeated: true);
    }

    /// <summary>The host asks again: it waited for approval, or the answer got lost.</summary>
    private async Task<JoinOutcome> CollectAsync(EnrolledRow known, PublicKey key, IPAddress? address)
    {
        var reason = EnrolledRow.ReasonOf(known.Standing);
        if (reason != AccessReason.None)
        {
            return new(reason, known.AgentId);
        }

        var issued = authority.Issue(known.AgentId, key);
        return await agents.CollectAsync(known.AgentId, issued, AgentRows.AddressOf(address)) ? new(AccessReason.None, known.AgentId, issued) : new(AccessReason.TokenExpired, known.AgentId);
    }

    /// <summary>It goes to logs and terminals.</summary>
    private static string Clean(string host) => string.Concat((host.Length <= LongestHost ? host : host[..LongestHost]).Where(character => !char.IsControl(character)));
}
