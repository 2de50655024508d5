using System.Collections.Concurrent;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// Versions that the catalog has, as far as this silo has met them: thousands of agents that come back together name the same ones. Thread-safe.
/// A version of a service that was forgotten meanwhile still counts as known, which costs nothing but that nobody's budget is asked.
/// </summary>
internal sealed class KnownVersions(InstanceTable table)
{
    /// <summary>Some 200 bytes each.</summary>
    internal const int MostRemembered = 20_000;

    private readonly ConcurrentDictionary<DeployedVersion, bool> met = new();
    private int remembered;

    /// <summary>Those of these that nobody has seen before.</summary>
    public async Task<IReadOnlyList<DeployedVersion>> WhichNewAsync(IEnumerable<DeployedVersion> versions, CancellationToken cancellationToken)
    {
        var notMet = versions.Where(version => !met.ContainsKey(version)).ToList();
        if (notMet.Count == 0)
        {
            return [];
        }

        var known = await table.WhichKnownAsync(notMet, cancellationToken);
        Remember(notMet.Where(known.Contains));
        return [.. notMet.Where(version => !known.Contains(version))];
    }

    /// <summary>The catalog has these, or is about to.</summary>
    public void Remember(IEnumerable<DeployedVersion> versions)
    {
        foreach (var version in versions)
        {
            if (met.TryAdd(version, true) && Interlocked.Increment(ref remembered) > MostRemembered)
            {
                met.Clear();
                Volatile.Write(ref remembered, 0);
            }
        }
    }
}
