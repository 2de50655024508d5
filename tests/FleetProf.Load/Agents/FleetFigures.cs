using System.Collections.Concurrent;
using System.Diagnostics;

namespace FleetProf.Load.Agents;

/// <summary>What happened to all agents together. Thread-safe.</summary>
internal sealed class FleetFigures
{
    private readonly ConcurrentBag<double> ackMs = [];
    private readonly ConcurrentQueue<long> welcomes = new();
    private readonly ConcurrentDictionary<string, int> ends = new(StringComparer.Ordinal);
    private HashSet<int> seen = [];
    private int connected;
    private int ordered;
    private int told;

    public int Connected => Volatile.Read(ref connected);

    /// <summary>Orders to capture that arrived.</summary>
    public int Ordered => Volatile.Read(ref ordered);

    /// <summary>Results that the silo acknowledged.</summary>
    public int Told => Volatile.Read(ref told);

    /// <summary>Why sessions did not begin or ended, and how often.</summary>
    public string Ends => ends.IsEmpty ? "none" : string.Join(", ", ends.OrderByDescending(end => end.Value).Select(end => $"{end.Value} x {end.Key}"));

    /// <summary>Agents that connected since <see cref="Clear"/>, however often and whether or not they still are: some connections always break.</summary>
    public int Seen
    {
        get
        {
            lock (ends)
            {
                return seen.Count;
            }
        }
    }

    public void Welcomed(int number)
    {
        Interlocked.Increment(ref connected);
        welcomes.Enqueue(Stopwatch.GetTimestamp());
        lock (ends)
        {
            seen.Add(number);
        }
    }

    public void Left() => Interlocked.Decrement(ref connected);

    public void Ended(string why) => ends.AddOrUpdate(why, 1, static (_, count) => count + 1);

    public void Acknowledged(TimeSpan after) => ackMs.Add(after.TotalMilliseconds);

    public void OrderArrived() => Interlocked.Increment(ref ordered);

    public void ResultAcknowledged() => Interlocked.Increment(ref told);

    public void Clear()
    {
        ackMs.Clear();
        welcomes.Clear();
        ends.Clear();
        lock (ends)
        {
            seen = [];
        }
    }

    public string Acks()
    {
        var sorted = ackMs.Order().ToArray();
        return $"{sorted.Length} acks, median {Quantile(sorted, 0.5):0.0} ms, p99 {Quantile(sorted, 0.99):0.0} ms, longest {Quantile(sorted, 1):0} ms";
    }

    /// <summary>Sessions that began in each ten seconds since then.</summary>
    public string Arrivals(long since) => string.Join(' ', welcomes.GroupBy(at => (int)(Stopwatch.GetElapsedTime(since, at).TotalSeconds / 10)).OrderBy(ten => ten.Key).Select(ten => $"{ten.Key * 10}s:{ten.Count()}"));

    private static double Quantile(double[] sorted, double quantile) => sorted.Length == 0 ? double.NaN : sorted[(int)(quantile * (sorted.Length - 1))];
}
