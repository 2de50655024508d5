using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>
/// Counts, for each address and minute, the tokens that the silo refused. Good requests are not counted: behind one address there may be many
/// programs, and a stranger who tries out tokens.
/// </summary>
internal sealed class RefusedTokens(TimeProvider clock)
{
    /// <summary>Of one address; what comes then is not asked about.</summary>
    public const int MostPerMinute = 60;

    private const int MostAddresses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long _windowFrom = clock.GetTimestamp();

    public bool IsFull(string address)
    {
        lock (_gate)
        {
            Roll();
            return _counts.GetValueOrDefault(AddressKey.Of(address)) >= MostPerMinute;
        }
    }

    public void Add(string address)
    {
        lock (_gate)
        {
            Roll();
            var key = AddressKey.Of(address);
            // A flood of addresses must not become a flood of memory.
            if (_counts.Count < MostAddresses || _counts.ContainsKey(key))
            {
                _counts[key] = _counts.GetValueOrDefault(key) + 1;
            }
        }
    }

    private void Roll()
    {
        if (clock.GetElapsedTime(_windowFrom) >= Window)
        {
            _windowFrom = clock.GetTimestamp();
            _counts.Clear();
        }
    }
}
