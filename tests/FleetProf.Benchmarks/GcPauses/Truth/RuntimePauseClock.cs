using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>
/// What the runtime itself adds up in GC.GetTotalPauseDuration, worked out from its events. Its clock starts as it is about to ask the
/// threads to stop. A blocking collection stops it when its work is done: after it has described the heap (205), before it reports the end
/// (2). Both stops of a background collection, and the stops of the young ones that run beside it, count until the threads are about to
/// run again (7). Stops without a collection count nothing. Source: total_suspended_time in the runtime's gc folder.
/// </summary>
internal sealed class RuntimePauseClock : INettraceSink
{
    private const int ForGc = 1;
    private const int ForGcPreparation = 6;
    private const int Background = 1;
    private const int Foreground = 2;

    private readonly Dictionary<long, Stop> asked = [];
    private readonly List<Stop> preparations = [];
    private readonly List<Stop> blocking = [];
    private readonly HashSet<long> collectors = [];
    private Stop? stop;
    private int background;
    private TraceClock? clock;

    private sealed class Stop(long thread, long begin, int reason)
    {
        public long Thread { get; } = thread;

        public long Begin { get; } = begin;

        public int Reason { get; } = reason;

        public long Described { get; set; }

        public long Ended { get; set; }

        public long Restart { get; set; }

        /// <summary>The background collection that began in it, or whose second stop it is; 0: none.</summary>
        public int Background { get; set; }

        public bool IsForeground { get; set; }
    }

    /// <summary>The least that the runtime can have counted, where its clock stopped right after it had described the heap.</summary>
    public double LeastMs { get; private set; }

    /// <summary>The most, where it stopped right before the end was reported.</summary>
    public double MostMs { get; private set; }

    /// <summary>
    /// The likely sum: each clock stopped as long after the description as the end is usually reported, or at that report if it came
    /// sooner. Of server GC the thread that reports may be woken late, and the runtime's clock does not wait for it.
    /// </summary>
    public double LikelyMs { get; private set; }

    /// <summary>Of background collections, by number.</summary>
    public Dictionary<int, double> SecondStopsMs { get; } = [];

    public static RuntimePauseClock Read(byte[] trace)
    {
        var counted = new RuntimePauseClock();
        var sorter = new EventSorter(counted);
        new NettraceReader(sorter).Read(trace);
        sorter.Flush();
        // Server GC also stops the threads for "GC preparation" to change its number of heaps, and counts nothing for it. Of its threads
        // the one that stops them for collections does that; a background collection has threads of its own.
        foreach (var stop in counted.preparations.Where(stop => !counted.collectors.Contains(stop.Thread)))
        {
            counted.Add(stop.Begin, stop.Restart, stop.Restart, stop.Restart);
            if (stop.Background > 0) counted.SecondStopsMs[stop.Background] = counted.clock!.ToMilliseconds(stop.Restart - stop.Begin);
        }

        var usual = counted.blocking.Select(stop => stop.Ended - stop.Described).Order().ElementAtOrDefault(counted.blocking.Count / 2);
        foreach (var stop in counted.blocking) counted.Add(stop.Begin, stop.Described, Math.Min(stop.Ended, stop.Described + usual), stop.Ended);
        return counted;
    }

    public void OnStart(TraceClock clock) => this.clock = clock;

    public void OnEvent(in NettraceEvent traceEvent)
    {
        if (traceEvent.Type.Provider != GcEventDecoder.Provider) return;
        var (ticks, thread) = (traceEvent.Ticks, traceEvent.ThreadId);
        var payload = traceEvent.Payload;
        switch (traceEvent.Type.EventId)
        {
            case 9:
                asked[thread] = new Stop(thread, ticks, BitConverter.ToInt32(payload));
                break;
            case 8:
                stop = asked.GetValueOrDefault(thread);
                break;
            case 1 when stop is not null:
                if (BitConverter.ToInt32(payload[12..]) == Background) (background, stop.Background) = (BitConverter.ToInt32(payload), BitConverter.ToInt32(payload));
                stop.IsForeground |= BitConverter.ToInt32(payload[12..]) == Foreground;
                break;
            case 205 when stop is not null:
                stop.Described = ticks;
                break;
            case 2 when stop is not null:
                stop.Ended = ticks;
                // Announced as a background collection and done as a blocking one, for want of threads.
                if (stop.Background == BitConverter.ToInt32(payload)) stop.Background = 0;
                break;
            case 7 when stop is not null:
                stop.Restart = ticks;
                Count(stop);
                stop = null;
                break;
        }
    }

    private void Count(Stop ended)
    {
        if (ended.Reason == ForGcPreparation)
        {
            ended.Background = background;
            preparations.Add(ended);
        }

        if (ended.Reason != ForGc) return;
        collectors.Add(ended.Thread);
        if (ended.Background > 0 || ended.IsForeground) Add(ended.Begin, ended.Restart, ended.Restart, ended.Restart);
        else if (ended.Described > 0 && ended.Ended >= ended.Described) blocking.Add(ended);
    }

    private void Add(long begin, long least, long likely, long most)
    {
        LeastMs += clock!.ToMilliseconds(least - begin);
        LikelyMs += clock!.ToMilliseconds(likely - begin);
        MostMs += clock!.ToMilliseconds(most - begin);
    }
}
