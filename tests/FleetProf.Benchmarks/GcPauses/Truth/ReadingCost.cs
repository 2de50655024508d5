using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;
using FleetProf.TestKit.Processes;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>
/// CPU and memory that reading GC events takes, ours (causes included) beside a reader made of TraceEvent, in turns in one process.
/// The recording is a long one: an agent reads for weeks, so what a stream's first second costs does not matter.
/// </summary>
internal sealed class ReadingCost(int rounds)
{
    private const string LongWork = "churn 8000";
    private const int LongWorks = 8;
    private const int WarmUps = 60;
    private const int PieceBytes = 16 * 1024;

    public async Task RunAsync()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        var trace = (await RecordedProbe.RecordAsync(probe, [.. Enumerable.Repeat(LongWork, LongWorks)])).Trace;
        var (events, gcs) = ReadOurs(trace);
        List<double> ours = [], theirs = [], ratios = [];
        double ourBytes = 0, theirBytes = 0;
        for (var round = -WarmUps; round < rounds; round++)
        {
            var (cpu, bytes) = Measure(() => ReadOurs(trace));
            var (otherCpu, otherBytes) = Measure(() => TraceEventReading.Read(trace));
            if (round < 0) continue;
            ours.Add(cpu * 1e6 / events);
            theirs.Add(otherCpu * 1e6 / events);
            ratios.Add(otherCpu / cpu);
            (ourBytes, theirBytes) = (bytes, otherBytes);
        }

        Print.Line($"(e) CPU per GC event, {events} events of {gcs} GCs, {rounds} rounds in turns: ours {Median(ours):0.00} us, TraceEvent {Median(theirs):0.00} us, ratio {Median(ratios):0.0} (quartiles {Quantile(ratios, 0.25):0.0} to {Quantile(ratios, 0.75):0.0})");
        Print.Line($"    allocated per GC event: ours {ourBytes / events:0} B, TraceEvent {theirBytes / events:0} B");
    }

    // What the process as a whole spends, so that work on other threads counts as well.
    private static (double CpuSeconds, double Bytes) Measure(Action read)
    {
        GC.Collect();
        var (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        read();
        return ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static (long Events, int Gcs) ReadOurs(byte[] trace)
    {
        var conclusions = new Conclusions();
        var counter = new Counter(new EventSorter(new GcEventDecoder(conclusions)));
        var reader = new NettraceReader(counter);
        for (var next = 0; next < trace.Length; next += PieceBytes) reader.Read(trace.AsSpan(next, Math.Min(PieceBytes, trace.Length - next)));
        return (counter.Events, conclusions.Gcs);
    }

    private static double Median(List<double> values) => Quantile(values, 0.5);

    private static double Quantile(List<double> values, double quantile) => values.Order().ElementAt((int)(quantile * (values.Count - 1)));

    private sealed class Counter(INettraceSink next) : INettraceSink
    {
        public long Events { get; private set; }

        public void OnStart(TraceClock clock) => next.OnStart(clock);

        public void OnEvent(in NettraceEvent traceEvent)
        {
            Events++;
            next.OnEvent(traceEvent);
        }

        public void OnSequencePoint(long ticks) => next.OnSequencePoint(ticks);

        public void OnLoss(long ticks) => next.OnLoss(ticks);
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
