using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.Processes;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>
/// CPU and memory that reading GC events takes, in turns in one process on the same bytes. Ours does all the agent does with them: frame,
/// headers, loss, order of time, every collection with its phases, roots, heaps and cause, a sketch of the pauses. The other is what a
/// reader made of TraceEvent does: its parser and its GC analysis, which gives pauses and collections and no causes and no sketches. The
/// recording is a long one: an agent reads for weeks, so what a stream's first second costs does not matter.
/// </summary>
internal sealed class ReadingCost(int rounds)
{
    private const string LongWork = "churn 8000";
    private const int LongWorks = 8;
    private const int WarmUps = 60;
    private const int PieceBytes = 16 * 1024;

    private static readonly (string Name, Func<byte[], object> Read)[] Parts =
    [
        ("ours, frame and headers only", trace => ReadThrough(trace, new Nothing())),
        ("ours, and put in the order of time", trace => ReadThrough(trace, new EventSorter(new Nothing()))),
        ("ours, and decoded and tracked", trace => ReadThrough(trace, new EventSorter(new GcEventDecoder(new NoConclusions())))),
        ("TraceEvent, its parser without an analysis", ReadByParser),
    ];

    private sealed record Cost(string Name, Func<byte[], object> Read)
    {
        public List<double> Microseconds { get; } = [];

        public double Bytes { get; set; }
    }

    public async Task RunAsync()
    {
        byte[] trace;
        await using (var probe = await GcProbeProcess.StartAsync())
        {
            trace = (await RecordedProbe.RecordAsync(probe, [.. Enumerable.Repeat(LongWork, LongWorks)])).Trace;
        }

        var counter = new Counter();
        ReadThrough(trace, new EventSorter(counter));
        var events = counter.Events;
        var gcs = ReadOurs(trace).Gcs;
        var (ours, theirs) = (new Cost("ours", ReadOurs), new Cost("TraceEvent", TraceEventReading.Read));
        MeasureInTurns(trace, events, ours, theirs);
        var ratios = ours.Microseconds.Zip(theirs.Microseconds, (one, other) => other / one).ToList();
        Print.Line($"(e) CPU per GC event, {events} events of {gcs} GCs, {rounds} rounds in turns: ours {Median(ours.Microseconds):0.000} us, TraceEvent {Median(theirs.Microseconds):0.000} us, ratio {Median(ratios):0.0} (quartiles {Quantile(ratios, 0.25):0.0} to {Quantile(ratios, 0.75):0.0})");
        Print.Line($"    allocated per GC event: ours {ours.Bytes:0} B, TraceEvent {theirs.Bytes:0} B");
        // Afterwards, so that the compiler knows the readers that are compared as it would without these.
        var parts = Parts.Select(part => new Cost(part.Name, part.Read)).ToArray();
        MeasureInTurns(trace, events, parts);
        foreach (var part in parts) Print.Line($"    {part.Name}: {Median(part.Microseconds):0.000} us");
        Print.Line($"    {string.Join(", ", counter.ById.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} of id {pair.Key}"))}");
        var (spent, watched) = await CollectorCost.MeasureAsync(LongWork, LongWorks);
        Print.Line($"    the agent's collector, live, from the socket to its windows: {spent * 1e6 / (watched * events / gcs):0.00} us per event, {spent * 1e6 / watched:0} us per GC ({watched} GCs)");
    }

    private void MeasureInTurns(byte[] trace, long events, params IReadOnlyList<Cost> costs)
    {
        for (var round = -WarmUps; round < rounds; round++)
        {
            foreach (var cost in costs)
            {
                var (seconds, allocated) = Measure(() => cost.Read(trace));
                if (round >= 0) cost.Microseconds.Add(seconds * 1e6 / events);
                cost.Bytes = allocated / events;
            }
        }
    }

    // What the process as a whole spends, so that work on other threads counts as well.
    private static (double CpuSeconds, double Bytes) Measure(Action read)
    {
        GC.Collect();
        var (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        read();
        return ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static Conclusions ReadOurs(byte[] trace)
    {
        var conclusions = new Conclusions();
        ReadThrough(trace, new EventSorter(new GcEventDecoder(conclusions)));
        return conclusions;
    }

    private static NettraceReader ReadThrough(byte[] trace, INettraceSink sink)
    {
        var reader = new NettraceReader(sink);
        for (var next = 0; next < trace.Length; next += PieceBytes) reader.Read(trace.AsSpan(next, Math.Min(PieceBytes, trace.Length - next)));
        return reader;
    }

    private static EventPipeEventSource ReadByParser(byte[] trace)
    {
        var source = new EventPipeEventSource(new MemoryStream(trace));
        source.AllEvents += _ => { };
        source.Process();
        source.Dispose();
        return source;
    }

    private static double Median(List<double> values) => Quantile(values, 0.5);

    private static double Quantile(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));

    private sealed class Nothing : INettraceSink
    {
        public void OnEvent(in NettraceEvent traceEvent)
        {
        }
    }

    private sealed class Counter : INettraceSink
    {
        public long Events { get; private set; }

        public SortedDictionary<int, int> ById { get; } = [];

        public void OnEvent(in NettraceEvent traceEvent)
        {
            Events++;
            ById[traceEvent.Type.EventId] = ById.GetValueOrDefault(traceEvent.Type.EventId) + 1;
        }
    }

    private sealed class NoConclusions : IPauseObserver
    {
        public void OnPause(in GcPause pause)
        {
        }

        public void OnGc(in GcRecord gc)
        {
        }

        public void OnOtherSuspension(long endTicks, double suspensionMs)
        {
        }

        public void OnMissedGcs(long ticks, int count)
        {
        }
    }

    private sealed class Conclusions : IPauseObserver
    {
        private readonly GcCauseClassifier causes = new();
        private readonly DdSketch sketch = new();

        public int Gcs { get; private set; }

        public void OnPause(in GcPause pause) => sketch.Add(pause.PauseMs);

        public void OnGc(in GcRecord gc)
        {
            Gcs++;
            causes.Classify(gc);
        }

        public void OnOtherSuspension(long endTicks, double suspensionMs)
        {
        }

        public void OnMissedGcs(long ticks, int count)
        {
        }
    }
}
