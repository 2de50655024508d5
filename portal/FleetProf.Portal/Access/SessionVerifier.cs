using System.Collections.Concurrent;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Asks the silo about sessions and remembers the answer for a moment.</summary>
internal sealed class SessionVerifier(IClusterClient cluster, TimeProvider clock)
{
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(5);

    private const int Capacity = 1000;

    private readonly ConcurrentDictionary<string, (AccessPrincipal? Principal, long At)> _answers = new(StringComparer.Ordinal);

    /// <summary>Null when the session or token has ended. Throws when the silo cannot be asked: that is no end.</summary>
    public async Task<AccessPrincipal?> FindAsync(string credentialId)
    {
        // Not the wall clock: set back by an hour, it would keep an ended session for an hour more.
        var now = clock.GetTimestamp();
        if (_answers.TryGetValue(credentialId, out var known) && clock.GetElapsedTime(known.At, now) < RememberedFor)
        {
            return known.Principal;
        }

        CallerFlow.EnterAsPortal();
        var principal = await cluster.GetGrain<IPeopleGrain>(0).FindAsync(credentialId);
        if (_answers.Count >= Capacity)
        {
            _answers.Clear();
        }

        _answers[credentialId] = (principal, now);
        return principal;
    }

    /// <summary>It was ended here.</summary>
    public void Forget(string credentialId) => _answers.TryRemove(credentialId, out _);
}
