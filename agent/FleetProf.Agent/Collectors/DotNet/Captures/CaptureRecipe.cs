using System.Diagnostics.Tracing;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Collectors.DotNet.Captures;

/// <summary>How a kind of capture is recorded.</summary>
/// <param name="Request">The session.</param>
/// <param name="IsHeapSnapshot">Induces a full collection, ends by itself after it, and needs the type table flushed before.</param>
/// <param name="IsBiased">Allocations come from AllocationTick, which blames the last type of each 100 KB.</param>
public sealed record CaptureRecipe(TraceSessionRequest Request, bool IsHeapSnapshot = false, bool IsBiased = false)
{
    /// <summary>Whether it is light enough to run for hours. CPU samples stop all threads at each sample, a snapshot for its whole time.</summary>
    public bool CanBeHeld { get; private init; }

    private const long Gc = 0x1;
    private const long CodeAndModules = 0x8 | 0x10;
    private const long AllocationSampled = 0x80000000000;

    // GC, heap dump, heap collect, type, heap-and-type-names: what the runtime calls GCHeapSnapshot.
    private const long HeapSnapshot = 0x1980001;

    /// <summary>What a session may leave unread in its target, unless the target can spare less. Of a heap snapshot it is another matter.</summary>
    public const int MaxStreamMegabytes = 256;

    private static readonly Version SampledSince = new(10, 0);

    /// <summary>CPU samples of all managed threads. Without GC events: the sampler's own suspensions would only blur them.</summary>
    public static CaptureRecipe Trace { get; } = new(new TraceSessionRequest(
        [new TraceProvider(TraceProvider.SampleProfiler, 0, EventLevel.Informational), new TraceProvider(TraceProvider.Runtime, CodeAndModules, EventLevel.Informational)],
        MaxStreamMegabytes, RequestRundown: true));

    /// <summary>Every collection in detail.</summary>
    public static CaptureRecipe Collections { get; } = new(Runtime(Gc | CodeAndModules, EventLevel.Verbose)) { CanBeHeld = true };

    /// <summary>
    /// Allocations with stacks. Asking for samples and verbose GC events together silences the ticks (measured on .NET 10), so it is
    /// one or the other; a runtime of unknown version gets the ticks, which all have.
    /// </summary>
    public static CaptureRecipe Allocations(Version? runtime) => runtime >= SampledSince
        ? new(Runtime(AllocationSampled | Gc | CodeAndModules, EventLevel.Informational)) { CanBeHeld = true }
        : new(Runtime(Gc | CodeAndModules, EventLevel.Verbose), IsBiased: true) { CanBeHeld = true };

    /// <summary>
    /// The whole heap. The target keeps all of it in memory until its collection ends, so the buffer is the bound of what a snapshot
    /// costs it. Rundown names the modules.
    /// </summary>
    public static CaptureRecipe Heap(int bufferMegabytes) =>
        new(new TraceSessionRequest([new TraceProvider(TraceProvider.Runtime, HeapSnapshot, EventLevel.Verbose)], bufferMegabytes, RequestRundown: true) { CollectStacks = false }, IsHeapSnapshot: true);

    /// <summary>Null for a kind that this agent does not know. <paramref name="bufferMegabytes"/> is what the target can spare.</summary>
    public static CaptureRecipe? Of(CaptureKind kind, Version? runtime, int bufferMegabytes) => kind switch
    {
        CaptureKind.Trace => Trace.WithBuffer(bufferMegabytes),
        CaptureKind.Alloc => Allocations(runtime).WithBuffer(bufferMegabytes),
        CaptureKind.Gc => Collections.WithBuffer(bufferMegabytes),
        CaptureKind.Gcdump => Heap(bufferMegabytes),
        _ => null,
    };

    /// <summary>The same with another bound of what its target keeps unread.</summary>
    public CaptureRecipe WithBuffer(int megabytes) => this with { Request = Request with { BufferMegabytes = megabytes } };

    private static TraceSessionRequest Runtime(long keywords, EventLevel level) =>
        new([new TraceProvider(TraceProvider.Runtime, keywords, level)], MaxStreamMegabytes, RequestRundown: true);
}
