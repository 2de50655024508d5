using FleetProf.Analysis.Profiles;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.EventPipe;

namespace FleetProf.Analyzer.Profiles;

/// <summary>
/// Counts the samples of the runtime's sample profiler. It samples every managed thread, sleeping ones included, and says whether the thread
/// ran managed code; only those samples are CPU time. The others were in native code or waiting.
/// </summary>
internal sealed class CpuSamples(RawStacks stacks)
{
    public const int ManagedMeasure = 0;

    private static readonly Measure Managed = new("samples", "count");
    private static readonly Measure External = new("external_samples", "count");

    private readonly Dictionary<int, (long Managed, long External)> _byStack = [];
    private readonly SortedDictionary<int, (long Managed, long External)> _byThread = [];
    private readonly SlicedSums<int> _managedBySlice = new();
    private ulong[] _buffer = new ulong[128];
    private double _firstMs = double.MaxValue;
    private double _lastMs;

    public long ManagedCount { get; private set; }

    public long ExternalCount { get; private set; }

    /// <summary>Of the managed samples, those whose stacks are cut (<see cref="RawStacks.IsCut"/>).</summary>
    public long CutCount => _byStack.Sum(stack => stacks.IsCut(stack.Key) ? stack.Value.Managed : 0L);

    public IReadOnlyDictionary<int, (long Managed, long External)> Threads => _byThread;

    /// <summary>
    /// Of the sampler, which slows down with the number of threads: 1 ms is its wish. The busiest thread was there all the time, so that its rate is the sampler's. 0: unknown.
    /// </summary>
    public double PeriodMs => _byThread.Values.Select(thread => thread.Managed + thread.External).DefaultIfEmpty().Max() is > 1 and var most ? (_lastMs - _firstMs) / (most - 1) : 0;

    public void Listen(TraceEventDispatcher source) => new SampleProfilerTraceEventParser(source).ThreadSample += Add;

    public Profile ToProfile(StackNames names, DateTimeOffset startedAt, TimeSpan duration)
    {
        var profile = new Profile(Managed, External)
        {
            StartedAt = startedAt,
            Duration = duration,
            Period = PeriodMs * 1e6,
            PeriodMeasure = new Measure("wall", "nanoseconds"),
            SliceMs = _managedBySlice.End(duration),
        };
        var places = new Dictionary<int, int>(_byStack.Count);
        foreach (var (rawStack, count) in _byStack)
        {
            var stack = names.In(profile, rawStack);
            places.Add(rawStack, stack);
            profile.Add(stack, ManagedMeasure, count.Managed);
            profile.Add(stack, 1, count.External);
            profile.CountSamples(count.Managed);
        }

        foreach (var ((rawStack, slice), count) in _managedBySlice.Sums)
        {
            profile.AddInSlice(places[rawStack], slice, count);
        }

        return profile;
    }

    private void Add(ClrThreadSampleTraceData sample)
    {
        var length = EventStack.Copy(sample, ref _buffer);
        var stack = stacks.Intern(_buffer.AsSpan(0, length));
        var isManaged = sample.EventDataLength >= 4 && sample.Type == ClrThreadSampleType.Managed;
        _byStack[stack] = Plus(_byStack.GetValueOrDefault(stack), isManaged);
        _byThread[sample.ThreadID] = Plus(_byThread.GetValueOrDefault(sample.ThreadID), isManaged);
        (ManagedCount, ExternalCount) = Plus((ManagedCount, ExternalCount), isManaged);
        if (isManaged)
        {
            _managedBySlice.Add(stack, sample.TimeStampRelativeMSec, 1);
        }

        _firstMs = Math.Min(_firstMs, sample.TimeStampRelativeMSec);
        _lastMs = Math.Max(_lastMs, sample.TimeStampRelativeMSec);
    }

    private static (long Managed, long External) Plus((long Managed, long External) count, bool isManaged) =>
        isManaged ? (count.Managed + 1, count.External) : (count.Managed, count.External + 1);
}
