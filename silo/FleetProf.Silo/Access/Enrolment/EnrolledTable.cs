using Dapper;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Table enrolled_agents. Durable when it returns. Every change is one conditional statement, so that silos may race.</summary>
internal sealed class EnrolledTable(CatalogDatabase database, TimeProvider clock)
{
    private const string Columns =
        "agent_id AS AgentId, token_id AS TokenId, key_sha256 AS KeyHash, host AS Host, labels_json AS LabelsJson, standing AS Standing, reason AS Reason, changed_by AS ChangedBy, "
        + "changed_at AS ChangedAt, enrolled_at AS EnrolledAt, collect_until AS CollectUntil, serial AS Serial, previous_serial AS PreviousSerial, used_serial AS UsedSerial, "
        + "used_at AS UsedAt, certificate_ends_at AS CertificateEndsAt";

    private static readonly TimeSpan CollectAfterApproval = TimeSpan.FromHours(1);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How much later than its certificate before one has to end that it gets a row of the audit log: an agent that renews in a loop cannot fill it.</summary>
    private static readonly TimeSpan WorthARow = TimeSpan.FromMinutes(10);

    /// <summary>Of agents that expire in one transaction.</summary>
    private const int ExpiredAtOnce = 200;

    /// <summary>What an agent could come with has ended then; one that was let in and never came for its certificate has none.</summary>
    private const string EndedAt = "COALESCE(certificate_ends_at, collect_until)";

    private const string NotInTime = "not approved in time";

    /// <summary>Uses the token once, adds the agent and its row of the audit log, all or nothing.</summary>
    /// <exception cref="System.Data.Common.DbException">Also when such a request was faster in another silo.</exception>
    public Task<RedeemResult> RedeemAsync(EnrolledRow row, string from, CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, transaction) =>
        {
            // The writer's batch may hold the same request already, where readers do not see it yet.
            if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM enrolled_agents WHERE token_id = @TokenId AND key_sha256 = @KeyHash", row, transaction) > 0)
            {
                return RedeemResult.Known;
            }

            var used = connection.Execute(
                "UPDATE join_tokens SET uses = uses + 1 WHERE token_id = @TokenId AND uses < max_uses AND revoked_at IS NULL AND expires_at > @Now",
                new { row.TokenId, Now },
                transaction);
            if (used == 0)
            {
                return RedeemResult.UsedUp;
            }

            connection.Execute(
                """
                INSERT INTO enrolled_agents (agent_id, token_id, key_sha256, host, labels_json, standing, reason, changed_by, changed_at, enrolled_at,
                    collect_until, serial, previous_serial, used_serial, used_at, certificate_ends_at)
                VALUES (@AgentId, @TokenId, @KeyHash, @Host, @LabelsJson, @Standing, @Reason, @ChangedBy, @ChangedAt, @EnrolledAt,
                    @CollectUntil, @Serial, @PreviousSerial, @UsedSerial, @UsedAt, @CertificateEndsAt)
                """,
                row,
                transaction);
            AuditTable.Append(connection, transaction, AgentRows.Joined(row, from, clock.GetUtcNow()));
            return RedeemResult.Added;
        },
        cancellationToken);

    /// <summary>Whether a host has ever joined, and is not forgotten.</summary>
    public Task<bool> HasAnyAsync(CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.ExecuteScalar<long>("SELECT COUNT(*) FROM enrolled_agents") > 0, cancellationToken);

    /// <summary>Null when unknown.</summary>
    public Task<EnrolledRow?> FindAsync(string agentId, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<EnrolledRow>($"SELECT {Columns} FROM enrolled_agents WHERE agent_id = @agentId", new { agentId }), cancellationToken);

    /// <summary>Null when none joined by this token with this key.</summary>
    public Task<EnrolledRow?> FindByKeyAsync(string tokenId, string keyHash, CancellationToken cancellationToken = default) => database.ReadAsync(
        connection => connection.QueryFirstOrDefault<EnrolledRow>(
            $"SELECT {Columns} FROM enrolled_agents WHERE token_id = @tokenId AND key_sha256 = @keyHash", new { tokenId, keyHash }),
        cancellationToken);

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<EnrolledAgent>> ListAsync(int limit, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<EnrolledAgent>>(
        connection => [.. connection.Query<EnrolledRow>($"SELECT {Columns} FROM enrolled_agents ORDER BY enrolled_at DESC, agent_id DESC LIMIT @limit", new { limit }).Select(row => row.ToAgent())],
        cancellationToken);

    /// <summary>Those that may connect and are none of these, first whose certificate ended or ends first.</summary>
    public Task<IReadOnlyList<EnrolledAgent>> ListSilentAsync(IReadOnlySet<string> attached, int limit, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<EnrolledAgent>>(
        connection =>
        [
            .. connection.Query<EnrolledRow>(
                $"SELECT {Columns} FROM enrolled_agents WHERE standing = @active ORDER BY {EndedAt}, agent_id",
                new { active = (long)AgentStanding.Active }).Where(row => !attached.Contains(row.AgentId)).Take(limit).Select(row => row.ToAgent()),
        ],
        cancellationToken);

    /// <summary>Why each agent that is not active may not connect.</summary>
    public Task<IReadOnlyDictionary<string, AccessReason>> ListDeniedAsync(CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyDictionary<string, AccessReason>>(
        connection => connection.Query<(string AgentId, long Standing)>("SELECT agent_id, standing FROM enrolled_agents WHERE standing <> @active", new { active = (long)AgentStanding.Active })
            .ToDictionary(row => row.AgentId, row => EnrolledRow.ReasonOf(row.Standing), StringComparer.Ordinal),
        cancellationToken);

    /// <summary>A certificate for a host that repeats its request. False when it may not (any more).</summary>
    public Task<bool> CollectAsync(string agentId, IssuedCertificate issued, string from) => CertifyAsync(
        "previous_serial = serial, serial = @Serial, certificate_ends_at = @EndsAt WHERE agent_id = @agentId AND standing = @active AND collect_until > @Now",
        new { agentId, issued.Serial, EndsAt = issued.ExpiresAt.ToUnixTimeMilliseconds(), active = (long)AgentStanding.Active, Now },
        issued,
        AgentRows.Certified(AgentRows.Join, agentId, issued.Serial, from, clock.GetUtcNow()));

    /// <summary>Replaces the certificate of this serial. False when it is not one that the agent may come with.</summary>
    public Task<bool> RenewAsync(string agentId, string presented, IssuedCertificate issued, string from) => CertifyAsync(
        """
        previous_serial = @presented, serial = @Serial, certificate_ends_at = @EndsAt
        WHERE agent_id = @agentId AND standing = @active AND (serial = @presented OR previous_serial = @presented AND used_serial <> serial)
        """,
        new { agentId, presented, issued.Serial, EndsAt = issued.ExpiresAt.ToUnixTimeMilliseconds(), active = (long)AgentStanding.Active },
        issued,
        AgentRows.Certified(AgentRows.Renew, agentId, issued.Serial, from, clock.GetUtcNow()));

    /// <summary>The newest certificate is in use.</summary>
    public Task<bool> UseAsync(string agentId, string serial) =>
        ChangeAsync("used_serial = serial, used_at = @Now WHERE agent_id = @agentId AND serial = @serial", new { agentId, serial, Now });

    /// <summary>Takes over a later certificate than the row knows, which then is the one in use. False when the row has changed meanwhile.</summary>
    public Task<bool> TakeOverAsync(EnrolledRow lost, AgentCertificate certificate, string from) => database.WriteAsync((connection, transaction) =>
    {
        var isDone = connection.Execute(
            """
            UPDATE enrolled_agents SET previous_serial = serial, serial = @Serial, used_serial = @Serial, used_at = @Now, certificate_ends_at = @EndsAt
            WHERE agent_id = @AgentId AND standing = @active AND serial = @Lost
            """,
            new { certificate.AgentId, certificate.Serial, Now, EndsAt = certificate.ExpiresAt.ToUnixTimeMilliseconds(), Lost = lost.Serial, active = (long)AgentStanding.Active },
            transaction) > 0;
        if (isDone)
        {
            AuditTable.Append(connection, transaction, AgentRows.TakenOver(lost, certificate.Serial, from, clock.GetUtcNow()));
        }

        return isDone;
    });

    /// <summary>False when no such agent waits.</summary>
    public Task<bool> ApproveAsync(string agentId, string by) => ChangeAsync(
        "standing = @active, reason = NULL, changed_by = @by, changed_at = @Now, collect_until = @until WHERE agent_id = @agentId AND standing = @pending",
        new { agentId, by, Now, until = Now + (long)CollectAfterApproval.TotalMilliseconds, active = (long)AgentStanding.Active, pending = (long)AgentStanding.Pending });

    /// <summary>Agents that nobody approved since then are refused for ever; each has a row of the audit log. How many there were.</summary>
    public Task<int> ExpirePendingAsync(DateTimeOffset joinedBefore, CancellationToken cancellationToken = default) => AllOfAsync(() => ExpireSomeAsync(joinedBefore, cancellationToken));

    /// <summary>
    /// Removes agents whose certificate ended so long ago; each has a row of the audit log. The time is measured from the newest certificate as well, so that
    /// a clock that is years ahead forgets no fleet. Who is shut out stays. How many there were.
    /// </summary>
    public Task<int> ForgetGoneAsync(TimeSpan endedAgo, CancellationToken cancellationToken = default) => AllOfAsync(() => ForgetSomeAsync(endedAgo, cancellationToken));

    /// <summary>False when unknown; the first time counts.</summary>
    public async Task<bool> RevokeAsync(string agentId, string by, string? reason) =>
        await ChangeAsync(
            "standing = @revoked, reason = @reason, changed_by = @by, changed_at = @Now WHERE agent_id = @agentId AND standing <> @revoked",
            new { agentId, by, reason, Now, revoked = (long)AgentStanding.Revoked })
        || await FindAsync(agentId) is not null;

    /// <summary>False when it was not active.</summary>
    public Task<bool> QuarantineAsync(string agentId, string reason, string from = "") => database.WriteAsync((connection, transaction) =>
    {
        var isDone = connection.Execute(
            "UPDATE enrolled_agents SET standing = @quarantined, reason = @reason, changed_by = 'fleetprof', changed_at = @Now WHERE agent_id = @agentId AND standing = @active",
            new { agentId, reason, Now, quarantined = (long)AgentStanding.Quarantined, active = (long)AgentStanding.Active },
            transaction) > 0;
        if (isDone)
        {
            AuditTable.Append(connection, transaction, AgentRows.LockedOut(agentId, reason, from, clock.GetUtcNow()));
        }

        return isDone;
    });

    private static async Task<int> AllOfAsync(Func<Task<int>> some)
    {
        var all = 0;
        int done;
        do
        {
            done = await some();
            all += done;
        }
        while (done == ExpiredAtOnce);
        return all;
    }

    private Task<int> ForgetSomeAsync(TimeSpan endedAgo, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) =>
        {
            var gone = connection.Query<EnrolledRow>(
                $"""
                DELETE FROM enrolled_agents WHERE standing = @active AND {EndedAt} < @before AND agent_id IN (
                    SELECT agent_id FROM enrolled_agents WHERE standing = @active AND {EndedAt} < @before
                        AND {EndedAt} < (SELECT MAX(certificate_ends_at) FROM enrolled_agents) - @ago LIMIT @ExpiredAtOnce)
                RETURNING {Columns}
                """,
                new { before = Now - (long)endedAgo.TotalMilliseconds, ago = (long)endedAgo.TotalMilliseconds, ExpiredAtOnce, active = (long)AgentStanding.Active },
                transaction).AsList();
            foreach (var row in gone)
            {
                AuditTable.Append(connection, transaction, AgentRows.Forgotten(row, clock.GetUtcNow()));
            }

            return gone.Count;
        },
        cancellationToken);

    private Task<int> ExpireSomeAsync(DateTimeOffset joinedBefore, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) =>
        {
            var expired = connection.Query<string>(
                """
                UPDATE enrolled_agents SET standing = @revoked, reason = @NotInTime, changed_by = 'fleetprof', changed_at = @Now
                WHERE standing = @pending AND agent_id IN (SELECT agent_id FROM enrolled_agents WHERE standing = @pending AND enrolled_at < @before LIMIT @ExpiredAtOnce)
                RETURNING agent_id
                """,
                new { before = joinedBefore.ToUnixTimeMilliseconds(), Now, NotInTime, ExpiredAtOnce, revoked = (long)AgentStanding.Revoked, pending = (long)AgentStanding.Pending },
                transaction).AsList();
            foreach (var agentId in expired)
            {
                AuditTable.Append(connection, transaction, AgentRows.Expired(agentId, NotInTime, clock.GetUtcNow()));
            }

            return expired.Count;
        },
        cancellationToken);

    private Task<bool> CertifyAsync(string change, object parameters, IssuedCertificate issued, AuditEntry row) => database.WriteAsync((connection, transaction) =>
    {
        var before = connection.ExecuteScalar<long?>("SELECT certificate_ends_at FROM enrolled_agents WHERE agent_id = @Target", row, transaction);
        var isDone = connection.Execute($"UPDATE enrolled_agents SET {change}", parameters, transaction) > 0;
        if (isDone && issued.ExpiresAt.ToUnixTimeMilliseconds() - (before ?? 0) >= WorthARow.TotalMilliseconds)
        {
            AuditTable.Append(connection, transaction, row);
        }

        return isDone;
    });

    private Task<bool> ChangeAsync(string change, object parameters) =>
        database.WriteAuditedAsync((connection, transaction) => connection.Execute($"UPDATE enrolled_agents SET {change}", parameters, transaction) > 0, isDone => isDone);
}
