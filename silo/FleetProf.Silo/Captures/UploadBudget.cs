using System.Globalization;
using Dapper;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>
/// Bounds the bytes that one agent sends within an hour, by table upload_grants: a restart of the silo forgets none. Two silos that are asked at the
/// same instant may both say yes, so that an agent on two silos can be above its budget by one artifact.
/// </summary>
internal sealed class UploadBudget(CatalogDatabase database, IOptions<CaptureOptions> options, TimeProvider clock)
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>When the rows of all agents were looked through, those that never come back included. Of the writer's thread alone.</summary>
    private long? sweptAt;

    /// <summary>
    /// Sets the bytes aside for an upload. One that goes on where it was has them already; other content for the same capture, or more or fewer bytes under
    /// the same checksum, count besides what was offered before.
    /// </summary>
    /// <returns>Null when it may go on now; otherwise when enough of the earlier ones will be an hour old.</returns>
    public async Task<DateTimeOffset?> TryGrantAsync(CheckedOffer offer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = new { offer.CaptureId, offer.AgentId, offer.Attempt, Content = ContentOf(offer), offer.SizeBytes, Now = now.ToUnixTimeMilliseconds(), Before = (now - Window).ToUnixTimeMilliseconds() };
        // The stream that follows a begin asks again, and needs no writer.
        var isGranted = await database.ReadAsync(
            connection => connection.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM upload_grants WHERE capture_id = @CaptureId AND agent_id = @AgentId AND attempt = @Attempt AND sha256 = @Content AND granted_at > @Before", row) > 0,
            cancellationToken);
        return isGranted ? null : await database.WriteAsync(
            (connection, transaction) =>
            {
                if (sweptAt is { } at && clock.GetElapsedTime(at) < Window)
                {
                    connection.Execute("DELETE FROM upload_grants WHERE agent_id = @AgentId AND granted_at <= @Before", row, transaction);
                }
                else
                {
                    connection.Execute("DELETE FROM upload_grants WHERE granted_at <= @Before", row, transaction);
                    sweptAt = clock.GetTimestamp();
                }

                var grants = connection.Query<Grant>("SELECT size_bytes AS SizeBytes, granted_at AS GrantedAt FROM upload_grants WHERE agent_id = @AgentId ORDER BY granted_at", row, transaction).AsList();
                if (FreeAt(grants, offer.SizeBytes) is { } later)
                {
                    return later;
                }

                connection.Execute(
                    """
                    INSERT INTO upload_grants (capture_id, agent_id, attempt, sha256, size_bytes, granted_at)
                    VALUES (@CaptureId, @AgentId, @Attempt, @Content, @SizeBytes, @Now)
                    ON CONFLICT (capture_id) DO UPDATE SET
                        agent_id = excluded.agent_id, attempt = excluded.attempt, sha256 = excluded.sha256, granted_at = excluded.granted_at,
                        size_bytes = excluded.size_bytes + CASE WHEN upload_grants.agent_id = excluded.agent_id THEN upload_grants.size_bytes ELSE 0 END
                    """,
                    row,
                    transaction);
                return (DateTimeOffset?)null;
            },
            cancellationToken);
    }

    /// <summary>What was granted for the capture is spent, of whatever size it was: the same content, sent once more, counts again.</summary>
    public Task SpendAsync(CheckedOffer offer, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.Execute("UPDATE upload_grants SET sha256 = '' WHERE capture_id = @CaptureId AND agent_id = @AgentId", new { offer.CaptureId, offer.AgentId }, transaction),
        cancellationToken);

    /// <summary>The size too: what is granted for one byte must not go for all those that can be offered under the same checksum.</summary>
    private static string ContentOf(CheckedOffer offer) => string.Create(CultureInfo.InvariantCulture, $"{offer.Sha256}:{offer.SizeBytes}");

    /// <summary>Null: now.</summary>
    private DateTimeOffset? FreeAt(IReadOnlyList<Grant> grants, long sizeBytes)
    {
        var free = options.Value.UploadBytesPerHour - grants.Sum(grant => grant.SizeBytes);
        if (grants.Count == 0 || sizeBytes <= free)
        {
            return null;
        }

        // One that is larger than the budget goes when none of the others counts any more.
        var last = grants.FirstOrDefault(grant => sizeBytes <= (free += grant.SizeBytes)) ?? grants[^1];
        return DateTimeOffset.FromUnixTimeMilliseconds(last.GrantedAt) + Window;
    }

    private sealed class Grant
    {
        public long SizeBytes { get; init; }
        public long GrantedAt { get; init; }
    }
}
