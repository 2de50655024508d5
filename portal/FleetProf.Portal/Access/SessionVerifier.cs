using System.Collections.Concurrent;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Access;

/// <summary>
/// Asks the silo about sessions and remembers the answer for a moment. While the silo or its database is away, what has ended stays ended, and what was good
/// lately goes on for some minutes.
/// </summary>
internal sealed class SessionVerifier(IClusterClient cluster, TimeProvider clock)
{
    public static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(5);

    /// <summary>
    /// While the silo cannot be asked. A silo that restarts or a database that fails over is back sooner, so that nobody notices; and a session that was ended
    /// elsewhere just before opens what this portal still knows of the fleet for no longer.
    /// </summary>
    public static readonly TimeSpan TrustedFor = TimeSpan.FromMinutes(5);

    private const int Capacity = 1000;

    private readonly ConcurrentDictionary<string, (AccessPrincipal? Principal, long At)> _answers = new(StringComparer.Ordinal);

    /// <summary>Null when the session or token has ended. Throws when the silo cannot be asked and was not lately: that is neither an end nor a leave.</summary>
    public async Task<AccessPrincipal?> FindAsync(string credentialId)
    {
        // Not the wall clock: set back by an hour, it would keep an ended session for an hour more.
        var now = clock.GetTimestamp();
        if (_answers.TryGetValue(credentialId, out var known) && clock.GetElapsedTime(known.At, now) < RememberedFor)
        {
            return known.Principal;
        }

        AccessPrincipal? principal;
        CallerFlow.EnterAsPortal();
        try
        {
            principal = await cluster.GetGrain<IPeopleGrain>(0).FindAsync(credentialId);
        }
        catch (Exception away) when (SiloFailure.IsUnavailable(away)
            && _answers.TryGetValue(credentialId, out known) && (known.Principal is null || clock.GetElapsedTime(known.At, now) < TrustedFor))
        {
            return known.Principal;
        }

        if (_answers.Count >= Capacity)
        {
            _answers.Clear();
        }

        // An answer that was under way while the session was ended here does not bring it back.
        _answers.AddOrUpdate(credentialId, (principal, now), (_, last) => last.At > now ? last : (principal, now));
        return principal;
    }

    /// <summary>It was ended here, or should have been: then the silo's next answer says that it goes on.</summary>
    public void End(string credentialId) => _answers[credentialId] = (null, clock.GetTimestamp());
}
