using System.Net;
using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access;

/// <summary>Counts by key within windows of a minute, by the clock that only goes on; addresses by <see cref="AddressKey"/>. Not thread-safe.</summary>
/// <param name="clock">By which the minutes are.</param>
/// <param name="mostKeys">A flood of keys must not become a flood of memory.</param>
internal sealed class MinuteCounts<TKey>(TimeProvider clock, int mostKeys = int.MaxValue)
    where TKey : notnull
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<TKey, int> counts = [];
    private long windowFrom = clock.GetTimestamp();

    public int Of(TKey key)
    {
        Roll();
        return counts.GetValueOrDefault(KeyOf(key));
    }

    /// <summary>False, with nothing counted: there are too many others.</summary>
    public bool TryAdd(TKey key)
    {
        Roll();
        var counted = KeyOf(key);
        if (counts.Count >= mostKeys && !counts.ContainsKey(counted))
        {
            return false;
        }

        counts[counted] = counts.GetValueOrDefault(counted) + 1;
        return true;
    }

    private static TKey KeyOf(TKey key) => key is IPAddress address && AddressKey.Of(address) is TKey network ? network : key;

    private void Roll()
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(windowFrom, now) >= Window)
        {
            windowFrom = now;
            counts.Clear();
        }
    }
}
