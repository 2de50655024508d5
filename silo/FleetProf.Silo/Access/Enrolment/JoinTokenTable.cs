using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Table join_tokens. Durable when it returns.</summary>
internal sealed class JoinTokenTable(CatalogDatabase database, TimeProvider clock)
{
    private const string Columns =
        "token_id AS TokenId, secret_sha256 AS SecretHash, name AS Name, created_by AS CreatedBy, created_at AS CreatedAt, expires_at AS ExpiresAt, max_uses AS MaxUses, "
        + "uses AS Uses, needs_approval AS NeedsApproval, networks_json AS NetworksJson, labels_json AS LabelsJson, revoked_at AS RevokedAt";

    public Task AddAsync(JoinTokenText token, JoinTokenRequest request, string by, DateTimeOffset expiresAt) => database.WriteAuditedAsync((connection, transaction) => connection.Execute(
        """
        INSERT INTO join_tokens (token_id, secret_sha256, name, created_by, created_at, expires_at, max_uses, uses, needs_approval, networks_json, labels_json)
        VALUES (@Id, @SecretHash, @Name, @By, @CreatedAt, @ExpiresAt, @MaxUses, 0, @NeedsApproval, @Networks, @Labels)
        """,
        new
        {
            token.Id,
            token.SecretHash,
            request.Name,
            By = by,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ExpiresAt = expiresAt.ToUnixTimeMilliseconds(),
            MaxUses = (long)request.MaxUses,
            NeedsApproval = request.NeedsApproval ? 1L : 0L,
            Networks = JsonSerializer.Serialize(request.Networks),
            Labels = JsonSerializer.Serialize(request.Labels),
        },
        transaction), _ => true);

    /// <summary>Null when unknown.</summary>
    public Task<JoinTokenRow?> FindAsync(string tokenId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<JoinTokenRow>($"SELECT {Columns} FROM join_tokens WHERE token_id = @tokenId", new { tokenId }), cancellationToken);

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<JoinToken>> ListAsync(int limit, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<JoinToken>>(
        connection => [.. connection.Query<JoinTokenRow>($"SELECT {Columns} FROM join_tokens ORDER BY created_at DESC, token_id DESC LIMIT @limit", new { limit }).Select(row => row.ToToken())],
        cancellationToken);

    /// <summary>False when unknown; the first time counts.</summary>
    public Task<bool> RevokeAsync(string tokenId) => database.WriteAuditedAsync((connection, transaction) => connection.Execute(
        "UPDATE join_tokens SET revoked_at = COALESCE(revoked_at, @now) WHERE token_id = @tokenId",
        new { tokenId, now = clock.GetUtcNow().ToUnixTimeMilliseconds() },
        transaction) > 0, isKnown => isKnown);
}
