using System.Threading.RateLimiting;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>Five attempts a minute for each address and account together; the silo locks the account itself besides.</summary>
internal sealed class PasswordLimit : IDisposable
{
    public const int AttemptsPerMinute = 5;

    private readonly PartitionedRateLimiter<(string Address, string Name)> _limiter = PartitionedRateLimiter.Create<(string Address, string Name), (string, string)>(
        attempt => RateLimitPartition.GetFixedWindowLimiter(
            attempt, _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));

    public bool TryTake(string address, string name)
    {
        using var lease = _limiter.AttemptAcquire((AddressKey.Of(address), name.Length > 64 ? "" : name));
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
