using System.Data.Common;
using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Table audit: rows are added, each tied to the one before, and read. Nothing here changes or removes one.</summary>
/// <param name="database">The catalog.</param>
/// <param name="refusals">Bounds the rows about refused callers; null where there are none.</param>
internal sealed class AuditTable(CatalogDatabase database, CallerRefusals? refusals = null)
{
    /// <summary>Of each text of a row; what is longer is cut.</summary>
    public const int LongestText = 512;

    /// <summary>Durable when it returns. Of what a session or token is refused again and again, some have a row and the others are counted in the next one.</summary>
    public Task AddAsync(AuditEntry entry) =>
        refusals is { } budget && entry is { Decision: AuditDecision.Denied, CredentialId.Length: > 0 } ? AddAsync(entry, budget) : WriteAsync(entry);

    /// <summary>Adds a row in the transaction of what it tells of. Writers of several silos wait for each other at the head.</summary>
    public static void Append(DbConnection connection, DbTransaction transaction, AuditEntry entry)
    {
        connection.Execute("UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1", transaction: transaction);
        var head = connection.QuerySingle<HeadRow>("SELECT sequence AS Sequence, hash AS Hash FROM audit_head WHERE id = 1", transaction: transaction);
        var clean = Clean(entry) with { Sequence = head.Sequence };
        var hash = AuditChain.HashOf(head.Hash, clean);
        connection.Execute(
            """
            INSERT INTO audit (sequence, at, actor, credential_id, role, address, action, target, services, decision, reason, correlation_id, hash)
            VALUES (@Sequence, @At, @Actor, @CredentialId, @Role, @Address, @Action, @Target, @Services, @Decision, @Reason, @CorrelationId, @Hash)
            """,
            AuditRow.Of(clean with { Hash = hash }),
            transaction);
        connection.Execute("UPDATE audit_head SET hash = @hash WHERE id = 1", new { hash }, transaction);
    }

    public Task<AuditHead> HeadAsync() => database.ReadAsync(ReadHead);

    public static AuditHead ReadHead(DbConnection connection)
    {
        var head = connection.QuerySingle<HeadRow>("SELECT sequence AS Sequence, hash AS Hash FROM audit_head WHERE id = 1");
        return new AuditHead { Sequence = head.Sequence, Hash = head.Hash };
    }

    public Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        var conditions = new List<string> { "1 = 1" };
        Add(query.Actor is not null, "actor = @Actor");
        var (action, isOther) = query.Action is ['!', ..] ? (query.Action[1..], true) : (query.Action ?? "", false);
        Add(query.Action is not null, $"substr(action, 1, length(@Action)) {(isOther ? "<>" : "=")} @Action");
        Add(query.Decision is not null, "decision = @Decision");
        Add(query.From is not null, "at >= @From");
        Add(query.To is not null, "at <= @To");
        Add(query.Cursor is not null, query.OldestFirst ? "sequence > @Cursor" : "sequence < @Cursor");
        var parameters = new
        {
            Actor = query.Actor ?? "",
            Action = action,
            Decision = (long)(query.Decision ?? AuditDecision.None),
            From = query.From?.ToUnixTimeMilliseconds() ?? 0,
            To = query.To?.ToUnixTimeMilliseconds() ?? 0,
            Cursor = query.Cursor ?? 0,
            Limit = Math.Clamp(query.Limit, 1, 1_000),
        };
        var statement = $"SELECT {AuditRow.Columns} FROM audit WHERE {string.Join(" AND ", conditions)} ORDER BY sequence {(query.OldestFirst ? "ASC" : "DESC")} LIMIT @Limit";
        return database.ReadAsync<IReadOnlyList<AuditEntry>>(connection => [.. connection.Query<AuditRow>(statement, parameters).Select(row => row.ToEntry())], cancellationToken);

        void Add(bool isGiven, string condition)
        {
            if (isGiven)
            {
                conditions.Add(condition);
            }
        }
    }

    private async Task AddAsync(AuditEntry refused, CallerRefusals budget)
    {
        if (budget.Take(refused) is not { } reason)
        {
            return;
        }

        try
        {
            await WriteAsync(refused with { Reason = reason });
        }
        catch
        {
            budget.GiveBack(refused);
            throw;
        }
    }

    private Task WriteAsync(AuditEntry entry) => database.WriteAsync((connection, transaction) =>
    {
        Append(connection, transaction, entry);
        return true;
    });

    /// <summary>What both databases keep as it is: whole characters, no U+0000, not endless.</summary>
    private static AuditEntry Clean(AuditEntry entry) => entry with
    {
        At = DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()),
        Actor = Clean(entry.Actor),
        CredentialId = Clean(entry.CredentialId),
        Address = Clean(entry.Address),
        Action = Clean(entry.Action),
        Target = Clean(entry.Target),
        Services = Clean(entry.Services),
        Reason = Clean(entry.Reason),
        CorrelationId = Clean(entry.CorrelationId),
    };

    private static string Clean(string text) =>
        string.Concat((text.Length > LongestText ? text[..LongestText] : text).EnumerateRunes().Where(rune => rune.Value != 0));

    private sealed class HeadRow
    {
        public long Sequence { get; init; }

        public string Hash { get; init; } = "";
    }
}
