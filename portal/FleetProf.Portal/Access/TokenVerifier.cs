using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Asks the silo about tokens and remembers the answer for a moment; a revoked token works at most that much longer.</summary>
internal sealed class TokenVerifier(IClusterClient cluster, TimeProvider clock)
{
    public static readonly TimeSpan AcceptedFor = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan RefusedFor = TimeSpan.FromSeconds(5);

    private const int Capacity = 1000;

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>Null when the token is unknown. Throws when the silo cannot be asked: that is no refusal.</summary>
    public async Task<AccessPrincipal?> VerifyAsync(string token, string address, CancellationToken cancellationToken)
    {
        // Memory dumps and logs of the portal must not hold tokens.
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var now = clock.GetUtcNow();
        if (_answers.TryGetValue(hash, out var known) && now < known.Until)
        {
            return known.Principal;
        }

        CallerFlow.EnterAsPortal(address);
        var principal = await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).VerifyApiTokenAsync(token).WaitAsync(cancellationToken);
        if (_answers.Count >= Capacity)
        {
            _answers.Clear();
        }

        _answers[hash] = new(principal, now + (principal is null ? RefusedFor : AcceptedFor));
        return principal;
    }

    private sealed record Answer(AccessPrincipal? Principal, DateTimeOffset Until);
}
