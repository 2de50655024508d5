using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>
/// Asks the silo about tokens and remembers the answer for a moment; a revoked token works at most that much longer. Whoever tries out tokens is soon not
/// asked for any more, and pushes nothing out of what is remembered of good ones.
/// </summary>
internal sealed class TokenVerifier(IClusterClient cluster, RefusedTokens refusals, TimeProvider clock)
{
    public static readonly TimeSpan AcceptedFor = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(5);

    private const int MostAccepted = 10_000;
    private const int MostRefused = 1_000;

    /// <summary>Kept for longer than it holds: a token that was good lately is asked for wherever it comes from.</summary>
    private readonly ConcurrentDictionary<string, (AccessPrincipal Principal, long At)> _accepted = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, long> _refusedAt = new(StringComparer.Ordinal);

    /// <summary>Throws when the silo cannot be asked: that is no refusal.</summary>
    public async Task<TokenAnswer> VerifyAsync(string token, string address, CancellationToken cancellationToken)
    {
        // Memory dumps and logs of the portal must not hold tokens.
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        // Not the wall clock: set back by an hour, it would let a revoked token in for an hour more.
        var now = clock.GetTimestamp();
        var wasGood = _accepted.TryGetValue(hash, out var known);
        if (wasGood && clock.GetElapsedTime(known.At, now) < AcceptedFor)
        {
            return new(known.Principal);
        }

        if (!wasGood && refusals.IsFull(address))
        {
            return new(null, IsTooOften: true);
        }

        if (_refusedAt.TryGetValue(hash, out var at) && clock.GetElapsedTime(at, now) < RefusedFor)
        {
            return new(null);
        }

        CallerFlow.EnterAsPortal(address);
        var principal = await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).VerifyApiTokenAsync(token).WaitAsync(cancellationToken);
        Remember(hash, principal, now);
        if (principal is null)
        {
            refusals.Add(address);
        }

        return new(principal);
    }

    private void Remember(string hash, AccessPrincipal? principal, long now)
    {
        if (principal is null)
        {
            _accepted.TryRemove(hash, out _);
            Bound(_refusedAt, MostRefused);
            _refusedAt[hash] = now;
        }
        else
        {
            Bound(_accepted, MostAccepted);
            _accepted[hash] = (principal, now);
        }
    }

    private static void Bound<T>(ConcurrentDictionary<string, T> answers, int most)
    {
        if (answers.Count >= most)
        {
            answers.Clear();
        }
    }
}
