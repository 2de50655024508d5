using System.Net;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Bounds how many hosts join at once, and how often one address may fail: the enrolment port is open to everybody.</summary>
internal sealed class EnrolmentLimit(IOptions<EnrolmentOptions> options, TimeProvider clock)
{
    private const int MostAddresses = 10_000;
    private const int SecondsPerMinute = 60;

    private readonly Lock gate = new();
    private readonly MinuteCounts<IPAddress> failures = new(clock, MostAddresses);
    private readonly MinuteCounts<IPAddress> fetchers = new(clock, MostAddresses);
    private readonly MinuteCounts<IPAddress> refused = new(clock, MostAddresses);
    private long filledAt = clock.GetTimestamp();
    private double joins = options.Value.JoinsPerSecond;
    private double fetches = options.Value.JoinsPerSecond;

    /// <summary>To join. False: come back later.</summary>
    public bool TryEnter(IPAddress? address) => TryTake(address, ref joins);

    /// <summary>
    /// To read the roots, which every host does once before it joins: as often, in places of its own, of which one address may take half.
    /// False: come back later.
    /// </summary>
    public bool TryFetch(IPAddress? address)
    {
        lock (gate)
        {
            if (fetchers.Of(address ?? IPAddress.None) >= options.Value.JoinsPerSecond * SecondsPerMinute / 2 || !TryTake(address, ref fetches))
            {
                return false;
            }

            fetchers.TryAdd(address ?? IPAddress.None);
            return true;
        }
    }

    /// <summary>Whether it is worth a line that the address was refused: the first time within a minute.</summary>
    public bool IsNewlyRefused(IPAddress? address)
    {
        lock (gate)
        {
            return refused.Of(address ?? IPAddress.None) == 0 && refused.TryAdd(address ?? IPAddress.None);
        }
    }

    private bool TryTake(IPAddress? address, ref double places)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            var more = clock.GetElapsedTime(filledAt, now).TotalSeconds * options.Value.JoinsPerSecond;
            (joins, fetches) = (Math.Min(options.Value.JoinsPerSecond, joins + more), Math.Min(options.Value.JoinsPerSecond, fetches + more));
            filledAt = now;
            if (places < 1 || failures.Of(address ?? IPAddress.None) >= options.Value.FailuresPerMinute)
            {
                return false;
            }

            places--;
            return true;
        }
    }

    public void Failed(IPAddress? address)
    {
        lock (gate)
        {
            failures.TryAdd(address ?? IPAddress.None);
        }
    }
}
