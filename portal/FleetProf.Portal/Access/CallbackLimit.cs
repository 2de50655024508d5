using System.Threading.RateLimiting;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;

namespace FleetProf.Portal.Access;

/// <summary>Answers of the identity provider that are looked at, for each address: as many as logins may begin, since each login brings one.</summary>
internal sealed class CallbackLimit(PortalOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
        address, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.LoginAttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));

    public bool TryTake(string address)
    {
        using var lease = _limiter.AttemptAcquire(AddressKey.Of(address));
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
