using FleetProf.Analysis.Heaps;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;
using static System.Buffers.Binary.BinaryPrimitives;

namespace FleetProf.Analyzer.Heaps;

/// <summary>
/// Collects the heap walk of one induced GC: bulk events of types, objects, references and roots, each kind numbered by the runtime,
/// so a lost block shows. Ends with that GC; what comes later belongs to no or another walk.
/// </summary>
#pragma warning disable CA1001 // Building the graph frees the builder; what a walk without a graph leaves behind is freed by finalizers.
internal sealed class HeapWalk
#pragma warning restore CA1001
{
    private readonly HeapGraphBuilder _builder = new();
    private readonly Dictionary<long, string> _modules = [];
    private readonly List<(ulong TypeId, HeapType Type, ulong ModuleId)> _types = [];
    private readonly List<(ulong Object, ulong TypeId, string Field, bool IsThreadStatic)> _statics = [];
    private readonly BulkSequence _nodes = new();
    private readonly BulkSequence _edges = new();
    private readonly BulkSequence _roots = new();
    private int _lastGcStarted = -1;
    private long _damagedEvents;

    /// <summary>Number of the GC that walked the heap; -1 when none did.</summary>
    public int GcNumber { get; private set; } = -1;

    public bool SawEnd { get; private set; }

    public bool HasObjects => _builder.NodeCount > 0;

    public double TakenAtMs { get; private set; }

    public void Listen(ClrTraceEventParser runtime, ClrRundownTraceEventParser rundown)
    {
        runtime.GCStart += data => _lastGcStarted = data.Count;
        runtime.GCStop += data => SawEnd |= HasObjects && data.Count == GcNumber;
        runtime.TypeBulkType += data => ReadTypes(data);
        runtime.GCBulkNode += data => Read(data, ReadNodes);
        runtime.GCBulkEdge += data => Read(data, ReadEdges);
        runtime.GCBulkRootEdge += data => Read(data, ReadRoots);
        runtime.GCBulkRootConditionalWeakTableElementEdge += data => Read(data, ReadDependents);
        runtime.GCBulkRootStaticVar += data => Read(data, ReadStatics);
        runtime.LoaderModuleLoad += AddModule;
        rundown.LoaderModuleDCStart += AddModule;
        rundown.LoaderModuleDCStop += AddModule;
    }

    /// <summary>Usable once. <paramref name="expectedBytes"/>: live bytes by the GC's own statistics, when known.</summary>
    public HeapGraph ToGraph(long lostEvents, string? readProblem, long? expectedBytes, int pointerBytes)
    {
        foreach (var (typeId, type, moduleId) in _types)
        {
            _builder.NameType(typeId, type with { Module = _modules.GetValueOrDefault((long)moduleId, "") });
        }

        foreach (var (address, typeId, field, isThreadStatic) in _statics)
        {
            _builder.AddRoot(address, isThreadStatic ? HeapRootKind.ThreadStaticField : HeapRootKind.StaticField, $"{_builder.TypeName(typeId) ?? "?"}.{field}");
        }

        var seen = new HeapCompleteness
        {
            SawEnd = SawEnd,
            LostEvents = lostEvents,
            LostBulkEvents = _nodes.Missing + _edges.Missing + _roots.Missing,
            ExpectedBytes = expectedBytes,
            ReadProblem = readProblem ?? (_damagedEvents > 0 ? $"{_damagedEvents} heap events are damaged" : null),
        };
        return _builder.Build(seen, pointerBytes);
    }

    private delegate void Reader(ref BulkEvent payload);

    private void Read(TraceEvent data, Reader read)
    {
        if (SawEnd)
        {
            return;
        }

        var payload = new BulkEvent(data);
        read(ref payload);
        _damagedEvents += payload.IsDamaged ? 1 : 0;
        TakenAtMs = data.TimeStampRelativeMSec;
    }

    private void ReadNodes(ref BulkEvent payload)
    {
        GcNumber = GcNumber < 0 ? _lastGcStarted : GcNumber;
        if (!_nodes.Next(payload.I32()))
        {
            _builder.MissNodes();
        }

        var count = payload.I32();
        payload.I16();
        var pointer = payload.PointerBytes;
        for (var rest = payload.Records(count, pointer + 24); rest.Length > 0; rest = rest[(pointer + 24)..])
        {
            var figures = rest[pointer..];
            _builder.AddNode(Pointer(rest, pointer), ReadInt64LittleEndian(figures), ReadUInt64LittleEndian(figures[8..]), ReadInt64LittleEndian(figures[16..]));
        }

        if (payload.IsDamaged)
        {
            _builder.MissNodes();
        }
    }

    private void ReadEdges(ref BulkEvent payload)
    {
        if (!_edges.Next(payload.I32()))
        {
            _builder.MissEdges();
        }

        var count = payload.I32();
        payload.I16();
        var pointer = payload.PointerBytes;
        const int field = sizeof(int); // that refers: always 0
        for (var rest = payload.Records(count, pointer + field); rest.Length > 0; rest = rest[(pointer + field)..])
        {
            _builder.AddEdge(Pointer(rest, pointer));
        }

        if (payload.IsDamaged)
        {
            _builder.MissEdges();
        }
    }

    private static ulong Pointer(ReadOnlySpan<byte> bytes, int pointerBytes) => pointerBytes == sizeof(ulong) ? ReadUInt64LittleEndian(bytes) : ReadUInt32LittleEndian(bytes);

    private void ReadRoots(ref BulkEvent payload)
    {
        _roots.Next(payload.I32());
        var count = payload.I32();
        payload.I16();
        for (var i = 0; i < count; i++)
        {
            var (address, kind, flags) = (payload.Pointer(), (GCRootKind)payload.U8(), (GCRootFlags)payload.I32());
            payload.Pointer(); // id of the root: its address
            if (payload.IsDamaged)
            {
                return;
            }

            if (!flags.HasFlag(GCRootFlags.WeakRef))
            {
                _builder.AddRoot(address, KindOf(kind, flags));
            }
        }
    }

    private void ReadDependents(ref BulkEvent payload)
    {
        payload.I32();
        var count = payload.I32();
        payload.I16();
        for (var i = 0; i < count && !payload.IsDamaged; i++)
        {
            var (key, value) = (payload.Pointer(), payload.Pointer());
            payload.Pointer();
            _builder.AddDependent(key, value);
        }
    }

    private void ReadStatics(ref BulkEvent payload)
    {
        var count = payload.I32();
        payload.Skip(10); // application domain, runtime instance
        for (var i = 0; i < count && !payload.IsDamaged; i++)
        {
            payload.I64();
            var (address, typeId, flags) = ((ulong)payload.I64(), (ulong)payload.I64(), (GCRootStaticVarFlags)payload.I32());
            var field = payload.Text();
            if (!payload.IsDamaged)
            {
                _statics.Add((address, typeId, field, flags.HasFlag(GCRootStaticVarFlags.ThreadLocal)));
            }
        }
    }

    // Not ended by the walk's GC: the types of a walk may be named at any time.
    private void ReadTypes(TraceEvent data)
    {
        var payload = new BulkEvent(data);
        var count = payload.I32();
        payload.I16();
        for (var i = 0; i < count && !payload.IsDamaged; i++)
        {
            var (typeId, moduleId, token) = ((ulong)payload.I64(), (ulong)payload.I64(), payload.I32());
            payload.Skip(5); // flags, element type
            var name = payload.Text();
            payload.Skip((long)(uint)payload.I32() * 8); // type arguments: the name has them already
            if (!payload.IsDamaged)
            {
                _types.Add((typeId, new HeapType(name.Length > 0 ? name : $"(type 0x{token:x})", ""), moduleId));
            }
        }
    }

    private static HeapRootKind KindOf(GCRootKind kind, GCRootFlags flags) => kind switch
    {
        GCRootKind.Stack => HeapRootKind.Stack,
        _ when flags.HasFlag(GCRootFlags.RefCounted) => HeapRootKind.RefCountedHandle,
        GCRootKind.Finalizer => HeapRootKind.Finalizer,
        GCRootKind.Handle when flags.HasFlag(GCRootFlags.Pinning) => HeapRootKind.PinnedHandle,
        GCRootKind.Handle => HeapRootKind.StrongHandle,
        GCRootKind.Older => HeapRootKind.OlderGeneration,
        _ => HeapRootKind.Other,
    };

    private void AddModule(ModuleLoadUnloadTraceData data) => _modules[data.ModuleID] = Profiles.MethodMap.SimpleName(data.ModuleILPath);
}
