using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.Profiles;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Profiles;

/// <summary>Code address to readable frame, from the method and module events of the session and of its rundown.</summary>
internal sealed class MethodMap
{
    private static readonly Frame Unresolved = new("[unresolved]", "");

    private readonly List<Method> _methods = [];
    private readonly Dictionary<long, string> _modules = [];
    private readonly Dictionary<ulong, Frame> _cache = [];
    private ulong[] _starts = [];

    /// <summary>What the methods' signatures say about types.</summary>
    public ValueTypeNames ValueTypes { get; } = new();

    /// <summary>What they say about state machines.</summary>
    public StateMachineNames StateMachines { get; } = new();

    /// <summary>Methods whose address is known; 0 when the recording has no rundown.</summary>
    public int MethodCount => _methods.Count;

    public void Listen(ClrTraceEventParser runtime, ClrRundownTraceEventParser rundown)
    {
        runtime.MethodLoadVerbose += Add;
        runtime.MethodDCStartVerboseV2 += Add;
        runtime.MethodDCStopVerboseV2 += Add;
        rundown.MethodDCStartVerbose += Add;
        rundown.MethodDCStopVerbose += Add;
        runtime.LoaderModuleLoad += Add;
        runtime.LoaderModuleDCStartV2 += Add;
        runtime.LoaderModuleDCStopV2 += Add;
        rundown.LoaderModuleDCStart += Add;
        rundown.LoaderModuleDCStop += Add;
    }

    /// <summary>Call once, after the pass and before the first lookup.</summary>
    public void Freeze()
    {
        // Stable: when code space was reused, the method that was seen last holds the address.
        var ordered = _methods.OrderBy(method => method.Start).ToList();
        _methods.Clear();
        _methods.AddRange(ordered);
        _starts = [.. _methods.Select(method => method.Start)];
    }

    public Frame Resolve(ulong address)
    {
        if (!_cache.TryGetValue(address, out var frame))
        {
            frame = Find(address);
            _cache.Add(address, frame);
        }

        return frame;
    }

    public static bool IsUnresolved(Frame frame) => frame == Unresolved;

    /// <summary>Whether the code there is what the JIT makes first, or precompiled: it inlines less and keeps less on the stack than it will.</summary>
    public bool IsUnoptimized(ulong address) =>
        TierAt(address) is not (null or OptimizationTier.Optimized or OptimizationTier.OptimizedTier1 or OptimizationTier.OptimizedTier1OSR or OptimizationTier.MinOptJitted);

    /// <summary>Whether its build does not let the JIT optimise the code there, as Debug builds do not: it stays as it is.</summary>
    public bool IsNeverOptimized(ulong address) => TierAt(address) is OptimizationTier.MinOptJitted;

    // Null when no known method holds the address.
    private OptimizationTier? TierAt(ulong address) => IndexOf(address) is var index and >= 0 ? _methods[index].Tier : null;

    private Frame Find(ulong address)
    {
        var index = IndexOf(address);
        if (index < 0)
        {
            return Unresolved;
        }

        var method = _methods[index];
        var module = MethodName.IsDynamic(method.Type) ? "[dynamic]" : _modules.GetValueOrDefault(method.ModuleId, "");
        return new Frame(MethodName.Readable(method.Type, method.Name), module);
    }

    // -1 when no known method holds the address.
    private int IndexOf(ulong address)
    {
        var index = Array.BinarySearch(_starts, address);
        index = index >= 0 ? index : ~index - 1;
        while (index >= 0 && index + 1 < _starts.Length && _starts[index + 1] == _starts[index])
        {
            index++;
        }

        return index < 0 || address >= _methods[index].End ? -1 : index;
    }

    private void Add(MethodLoadUnloadVerboseTraceData data)
    {
        if (data.MethodSize > 0)
        {
            var (type, name, signature) = (data.MethodNamespace, data.MethodName, data.MethodSignature);
            _methods.Add(new(data.MethodStartAddress, data.MethodStartAddress + (ulong)data.MethodSize, data.ModuleID, type, name, data.OptimizationTier));
            ValueTypes.AddSignature(signature);
            StateMachines.AddMethod(type, name, signature);
        }
    }

    /// <summary>Simple assembly name of a module's path, whichever system it comes from.</summary>
    public static string SimpleName(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return Path.GetExtension(name) is ".dll" or ".exe" ? Path.GetFileNameWithoutExtension(name) : name;
    }

    private void Add(ModuleLoadUnloadTraceData data) => _modules[data.ModuleID] = SimpleName(data.ModuleILPath);

    private readonly record struct Method(ulong Start, ulong End, long ModuleId, string Type, string Name, OptimizationTier Tier);
}
