using System.Collections.Concurrent;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Asks the silo about sessions and remembers the answer for a moment.</summary>
internal sealed class SessionVerifier(IClusterClient cluster, TimeProvider clock)
{
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(5);

    private const int Capacity = 1000;

    private readonly ConcurrentDictionary<string, (AccessPrincipal? Principal, DateTimeOffset Until)> _answers = new(StringComparer.Ordinal);

    /// <summary>Null when the session or token has ended. Throws when the silo cannot be asked: that is no end.</summary>
    public async Task<AccessPrincipal?> FindAsync(string credentialId)
    {
        var now = clock.GetUtcNow();
        if (_answers.TryGetValue(credentialId, out var known) && now < known.Until)
        {
            return known.Principal;
        }

        CallerFlow.EnterAsPortal();
        var principal = await cluster.GetGrain<IPeopleGrain>(0).FindAsync(credentialId);
        if (_answers.Count >= Capacity)
        {
            _answers.Clear();
        }

        _answers[credentialId] = (principal, now + RememberedFor);
        return principal;
    }

    /// <summary>It was ended here.</summary>
    public void Forget(string credentialId) => _answers.TryRemove(credentialId, out _);
}
