using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.Heaps;
using FleetProf.Analyzer.Allocations;
using FleetProf.Analyzer.GcPauses;
using FleetProf.Analyzer.Heaps;
using FleetProf.Analyzer.Profiles;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Analysis;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Nettrace;

/// <summary>Everything one pass over a .nettrace found.</summary>
internal sealed class Recording
{
    private readonly RawStacks _stacks = new();
    private readonly MethodMap _methods = new();
    private readonly HashSet<int> _threads = [];
    private double _lastEventMs;

    private Recording()
    {
        Cpu = new CpuSamples(_stacks);
        Allocations = new AllocationSamples(_stacks);
        Names = new StackNames(_stacks, _methods);
    }

    public CpuSamples Cpu { get; }

    public AllocationSamples Allocations { get; }

    public HeapWalk Heap { get; } = new();

    /// <summary>Looks up names for the stacks of this recording.</summary>
    public StackNames Names { get; }

    public ProcessFacts Process { get; private set; } = new();

    public IReadOnlyList<GcTableRow> Collections { get; private set; } = [];

    public long EventCount { get; private set; }

    /// <summary>Those of all events that are rundown.</summary>
    public long RundownEventCount { get; private set; }

    public long LostEvents { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>
    /// From the start of the session to the last event that is not rundown. Where the session was ended, that is its end, however quiet its
    /// process: the runtime writes ProcessInfo then, before the rundown. Where the process ended first, it is the last that was heard of it.
    /// </summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(_lastEventMs);

    /// <summary>Threads that emitted events, rundown not counted.</summary>
    public int ThreadCount => _threads.Count;

    public bool HasMethodNames => _methods.MethodCount > 0;

    /// <summary>Why the recording is readable only in part; null when it is whole.</summary>
    public string? Problem { get; private set; }

    public static Recording Read(string path)
    {
        using var file = NettraceFile.Open(path);
        var recording = new Recording { Problem = file.Problem };
        recording.Listen(file.Source);
        recording.ReadEvents(file.Source, path);
        recording._methods.Freeze();
        return recording;
    }

    /// <summary>The walked heap; usable once.</summary>
    public HeapGraph ToHeapGraph() => Heap.ToGraph(LostEvents, Problem, LiveBytesAfter(Heap.GcNumber), Process.PointerBytes);

    private long? LiveBytesAfter(int gcNumber) => Collections.FirstOrDefault(gc => gc.Index == gcNumber) is { } row
        ? (long)row.Generations.Sum(gen => (gen.AfterMB ?? 0) * 1e6 * (1 - ((gen.FragmentationPercent ?? 0) / 100)))
        : null;

    private void Listen(EventPipeEventSource source)
    {
        source.NeedLoadedDotNetRuntimes();
        var rundown = new ClrRundownTraceEventParser(source);
        _methods.Listen(source.Clr, rundown);
        Heap.Listen(source.Clr, rundown);
        Cpu.Listen(source);
        Allocations.Listen(source.Clr);
        Process.Listen(source);
        source.AllEvents += Count;
    }

    private void Count(TraceEvent data)
    {
        EventCount++;
        if (data.ProviderGuid == ClrRundownTraceEventParser.ProviderGuid)
        {
            RundownEventCount++;
            return;
        }

        _lastEventMs = Math.Max(_lastEventMs, data.TimeStampRelativeMSec);
        _threads.Add(data.ThreadID);
    }

    private void ReadEvents(EventPipeEventSource source, string path)
    {
        try
        {
            source.Process();
        }
#pragma warning disable CA1031 // The parser throws nearly anything on damaged bytes; what it handed out before stays good.
        catch (Exception damage) when (damage is not OutOfMemoryException)
        {
            if (EventCount == 0)
            {
                throw new UnreadableArtifactException($"no event could be read: {Problem ?? damage.Message}", damage);
            }

            Problem ??= $"reading stopped after {EventCount} events: {damage.Message}";
        }
#pragma warning restore CA1031

        if (EventCount == 0)
        {
            throw new UnreadableArtifactException($"the recording holds no event{(Problem is null ? "" : $": {Problem}")}");
        }

        LostEvents = source.EventsLost;
        StartedAt = new DateTimeOffset(source.SessionStartTime.ToUniversalTime());
        var processes = source.Processes().ToList();
        var collections = processes.SelectMany(process => process.LoadedDotNetRuntime()?.GC.GCs ?? []).ToList();
        Collections = collections.Count == 0 ? [] : GcRows.Of(collections, RecordedPauses.Read(path));
        Process.Complete(source, processes.Count > 0 ? processes[0].ProcessID : 0);
    }
}
