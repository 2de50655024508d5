using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>
/// Rows about reading what was recorded: a page of a heap asks again at every click, and each row is written to the disk, so that a session or token has one
/// row a minute about the same capture. Thread-safe.
/// </summary>
internal sealed class ArtifactReads(AuditTable table, TimeProvider clock)
{
    /// <summary>Where more callers and captures than these come together, some have a row more within their minute; none has one less.</summary>
    public const int MostKnown = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string CredentialId, string Target), (long At, Task Row)> told = [];

    /// <summary>
    /// Durable when it returns, also for those who share the row of somebody before them: nobody has an answer whose row is not kept. Where it could not be,
    /// this fails for all of them, and the next read has a row of its own.
    /// </summary>
    public Task AddAsync(AuditEntry read)
    {
        var target = read.Target.Length > AuditTable.LongestText ? read.Target[..AuditTable.LongestText] : read.Target;
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (told.TryGetValue((read.CredentialId, target), out var last) && !last.Row.IsFaulted && !last.Row.IsCanceled && clock.GetElapsedTime(last.At, now) < Window)
            {
                return last.Row;
            }

            if (told.Count >= MostKnown)
            {
                told.Clear();
            }

            var row = table.AddAsync(read);
            told[(read.CredentialId, target)] = (now, row);
            return row;
        }
    }
}
