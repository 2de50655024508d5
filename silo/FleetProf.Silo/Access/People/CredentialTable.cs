using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.People;

/// <summary>Table credentials. Durable when it returns. What it knows of a credential may be two seconds old where another silo changed it.</summary>
internal sealed class CredentialTable(CatalogDatabase database, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ListedAfterEnd = TimeSpan.FromDays(1);
    private const int Capacity = 10_000;
    private const int MaxRows = 1_000;

    private readonly ConcurrentDictionary<string, (CredentialRow? Row, long At)> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> stamped = new(StringComparer.Ordinal);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Null when unknown, revoked or expired.</summary>
    public async Task<CredentialRow?> FindGoodAsync(string credentialId) => await FindAsync(credentialId) is { } row && row.IsGoodAt(clock.GetUtcNow()) ? row : null;

    /// <summary>Null when unknown.</summary>
    public async Task<CredentialRow?> FindAsync(string credentialId)
    {
        // A wall clock that is set back must not keep a revoked one good.
        var now = clock.GetTimestamp();
        if (known.TryGetValue(credentialId, out var kept) && clock.GetElapsedTime(kept.At, now) < Freshness)
        {
            return kept.Row;
        }

        var row = await database.ReadAsync(connection =>
            connection.QueryFirstOrDefault<CredentialRow>($"SELECT {CredentialRow.Columns} FROM credentials WHERE credential_id = @credentialId", new { credentialId }));
        if (known.Count >= Capacity)
        {
            known.Clear();
        }

        known[credentialId] = (row, now);
        return row;
    }

    /// <summary>All good API tokens that the same maker gave the same name: tokens are replaced in time, and several may be good together.</summary>
    public Task<IReadOnlyList<CredentialRow>> FindGoodTokensAsync(string name, string createdBy) => database.ReadAsync<IReadOnlyList<CredentialRow>>(connection =>
    [
        .. connection.Query<CredentialRow>(
            $"SELECT {CredentialRow.Columns} FROM credentials WHERE kind = @kind AND name = @name AND created_by = @createdBy AND revoked_at IS NULL AND expires_at > @Now",
            new { kind = (long)CredentialKind.ApiToken, name, createdBy, Now }),
    ]);

    /// <summary>
    /// API tokens that still work, then sessions that do, then what has ended, each newest first; what ended more than a day ago is left out. So many at
    /// most, and what still opens a door is not hidden behind what does not.
    /// </summary>
    public Task<IReadOnlyList<Credential>> ListAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<Credential>>(
        connection =>
        [
            .. connection.Query<CredentialRow>(
                $"""
                SELECT {CredentialRow.Columns} FROM credentials WHERE expires_at > @since AND COALESCE(revoked_at, @since + 1) > @since
                ORDER BY CASE WHEN revoked_at IS NOT NULL OR expires_at <= @Now THEN 2 WHEN kind = @token THEN 0 ELSE 1 END, created_at DESC, credential_id DESC LIMIT @MaxRows
                """,
                new { since = Now - (long)ListedAfterEnd.TotalMilliseconds, Now, token = (long)CredentialKind.ApiToken, MaxRows }).Select(row => row.ToCredential()),
        ],
        cancellationToken);

    /// <summary>A session that begins now.</summary>
    /// <param name="kind">How somebody came in.</param>
    /// <param name="name">Who.</param>
    /// <param name="grants">What they may do.</param>
    /// <param name="life">How long it goes on.</param>
    /// <param name="provided">Who vouches for them, and who they are there; null where nobody does.</param>
    public CredentialRow NewSession(CredentialKind kind, string name, Grants grants, TimeSpan life, (string Issuer, string Subject)? provided = null) =>
        New((ApiTokenText.NewId(), kind, ""), name, grants, name, life, provided ?? ("", ""));

    public CredentialRow NewToken(ApiTokenText token, string name, Grants grants, string by, TimeSpan life) =>
        New((token.Id, CredentialKind.ApiToken, token.SecretHash), name, grants, by, life, ("", ""));

    /// <summary>Adds it, with the audit row of the call.</summary>
    public Task AddAsync(CredentialRow row) => database.WriteAuditedAsync((connection, transaction) => Insert(connection, transaction, row), _ => true);

    /// <summary>Adds a token, and ends earlier ones that the same maker gave the same name.</summary>
    public async Task ReplaceAsync(CredentialRow row)
    {
        await database.WriteAuditedAsync(
            (connection, transaction) =>
            {
                connection.Execute(
                    "UPDATE credentials SET revoked_at = @CreatedAt WHERE kind = @Kind AND name = @Name AND created_by = @CreatedBy AND revoked_at IS NULL", row, transaction);
                return Insert(connection, transaction, row);
            },
            _ => true);
        known.Clear();
    }

    /// <summary>False when unknown; the first time counts.</summary>
    public async Task<bool> RevokeAsync(string credentialId)
    {
        var isKnown = await database.WriteAuditedAsync(
            (connection, transaction) => connection.Execute(
                "UPDATE credentials SET revoked_at = COALESCE(revoked_at, @Now) WHERE credential_id = @credentialId", new { credentialId, Now }, transaction) > 0,
            isKnown => isKnown);
        known.TryRemove(credentialId, out _);
        return isKnown;
    }

    /// <summary>What other tables changed is read anew.</summary>
    public void Forget() => known.Clear();

    /// <summary>
    /// Remembers, to the minute, that it was used. Nobody waits for that: a catalog that takes no writes, as on a full disk, is looked at with tokens
    /// all the same, and gets one try a minute.
    /// </summary>
    public void Use(CredentialRow row)
    {
        var now = clock.GetTimestamp();
        if (stamped.TryGetValue(row.CredentialId, out var at) && clock.GetElapsedTime(at, now) < UseStep)
        {
            return;
        }

        if (stamped.Count >= Capacity)
        {
            stamped.Clear();
        }

        stamped[row.CredentialId] = now;
        _ = StampAsync(row.CredentialId);
    }

    /// <summary>Ends the sessions that somebody opened with a password; <see cref="Forget"/> is for after the commit.</summary>
    public static int EndSessions(DbConnection connection, DbTransaction transaction, string name, long now) => connection.Execute(
        "UPDATE credentials SET revoked_at = @now WHERE kind = @kind AND name = @name AND revoked_at IS NULL",
        new { name, now, kind = (long)CredentialKind.PasswordSession },
        transaction);

    public static int Insert(DbConnection connection, DbTransaction transaction, CredentialRow row) => connection.Execute(
        """
        INSERT INTO credentials (credential_id, kind, secret_sha256, name, role, services_json, created_by, created_at, expires_at, issuer, subject)
        VALUES (@CredentialId, @Kind, @SecretHash, @Name, @Role, @ServicesJson, @CreatedBy, @CreatedAt, @ExpiresAt, @Issuer, @Subject)
        """,
        row,
        transaction);

    private async Task StampAsync(string credentialId)
    {
        try
        {
            await database.WriteAsync((connection, transaction) =>
                connection.Execute("UPDATE credentials SET last_used_at = @Now WHERE credential_id = @credentialId", new { credentialId, Now }, transaction));
        }
        catch (Exception)
        {
            // It is only shown. What matters fails as well, and tells why.
        }
    }

    private CredentialRow New(
        (string Id, CredentialKind Kind, string SecretHash) credential, string name, Grants grants, string by, TimeSpan life, (string Issuer, string Subject) provided) => new()
    {
        CredentialId = credential.Id,
        Kind = (long)credential.Kind,
        SecretHash = credential.SecretHash,
        Name = name,
        Role = (long)grants.Role,
        ServicesJson = JsonSerializer.Serialize(grants.Services),
        CreatedBy = by,
        CreatedAt = Now,
        ExpiresAt = Now + (long)life.TotalMilliseconds,
        Issuer = provided.Issuer,
        Subject = provided.Subject,
    };
}
