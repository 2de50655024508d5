using System.Net;
using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Of which addresses too many handshakes fail: more than one per second in the long run. Each that succeeds makes up for one that failed, for many hosts may
/// come from one address, and the certificates of some may be no good. Addresses are counted by <see cref="AddressKey"/>. Thread-safe.
/// </summary>
internal sealed class FailedHandshakes(TimeProvider clock)
{
    /// <summary>So many at once are not too many yet, and of those that are remembered one is forgotten every second.</summary>
    public const int Tolerated = 60;

    /// <summary>More are not remembered of an address: five minutes after its last failure it is like any other.</summary>
    public const int Most = 360;

    /// <summary>A flood of addresses must not become a flood of memory.</summary>
    public const int MostAddresses = 10_000;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, (double Failures, TimeSpan At)> known = [];
    private readonly long startedAt = clock.GetTimestamp();
    private TimeSpan nextSweep;

    private TimeSpan Now => clock.GetElapsedTime(startedAt);

    /// <summary>Whether the address is to get less than others.</summary>
    public bool AreTooMany(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (gate)
        {
            return Remembered(key) > Tolerated;
        }
    }

    /// <summary>One failed. Nothing is remembered of it where there are too many other addresses.</summary>
    public void Add(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (gate)
        {
            if (known.ContainsKey(key) || HasRoom())
            {
                known[key] = (Math.Min(Most, Remembered(key) + 1), Now);
            }
        }
    }

    /// <summary>One succeeded.</summary>
    public void MakeUp(IPAddress address)
    {
        var key = AddressKey.Of(address);
        lock (gate)
        {
            if (Remembered(key) is var failures and > 1)
            {
                known[key] = (failures - 1, Now);
            }
            else
            {
                known.Remove(key);
            }
        }
    }

    private double Remembered(IPAddress key) => known.TryGetValue(key, out var count) ? Math.Max(0, count.Failures - (Now - count.At).TotalSeconds) : 0;

    private bool HasRoom()
    {
        if (known.Count >= MostAddresses && Now >= nextSweep)
        {
            nextSweep = Now + SweepInterval;
            foreach (var key in known.Keys.Where(key => Remembered(key) <= 0).ToList())
            {
                known.Remove(key);
            }
        }

        return known.Count < MostAddresses;
    }
}
