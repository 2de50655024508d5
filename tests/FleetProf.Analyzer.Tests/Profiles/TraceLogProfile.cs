using FleetProf.Analyzer.Profiles;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.EventPipe;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Tests.Profiles;

/// <summary>Self and total per method as TraceEvent's own TraceLog finds them: stacks, symbols and sums are all its work.</summary>
internal sealed class TraceLogProfile
{
    private const string DynamicClass = "dynamicClass.";

    private readonly Dictionary<string, (double Self, double Total)> _methods = new(StringComparer.Ordinal);

    public long Count { get; private set; }

    public IReadOnlyDictionary<string, (double Self, double Total)> Methods => _methods;

    /// <summary>Samples of threads that ran managed code; their value is 1.</summary>
    public static TraceLogProfile OfCpu(string path) => Of(path, (data, add) =>
    {
        if (data is ClrThreadSampleTraceData { Type: ClrThreadSampleType.Managed })
        {
            add(1);
        }
    });

    /// <summary>Sampled allocations; their value is what <paramref name="estimate"/> makes of the object's size.</summary>
    public static TraceLogProfile OfAllocations(string path, Func<long, double> estimate) => Of(path, (data, add) =>
    {
        if (data is AllocationSampledTraceData sampled)
        {
            add(estimate(sampled.ObjectSize));
        }
    });

    private static TraceLogProfile Of(string path, Action<TraceEvent, Action<double>> value)
    {
        var profile = new TraceLogProfile();
        var etlx = TraceLog.CreateFromEventPipeDataFile(path, Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.etlx"));
        try
        {
            using var log = new TraceLog(etlx);
            var source = log.Events.GetSource();
            _ = new SampleProfilerTraceEventParser(source);
            source.AllEvents += data => value(data, amount => profile.Add(data.CallStack(), amount));
            source.Process();
        }
        finally
        {
            File.Delete(etlx);
        }

        return profile;
    }

    private void Add(TraceCallStack? stack, double amount)
    {
        Count++;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var frame = stack; frame is not null; frame = frame.Caller)
        {
            if (NameOf(frame.CodeAddress) is { } name)
            {
                var sum = _methods.GetValueOrDefault(name);
                _methods[name] = (sum.Self + (frame == stack ? amount : 0), sum.Total + (seen.Add(name) ? amount : 0));
            }
        }
    }

    // "Shop.Cart.Total(int32)", "Shop.Cart..ctor()": type and method parted at the last dot before the arguments.
    private static string? NameOf(TraceCodeAddress address)
    {
        var full = address.Method?.FullMethodName;
        if (string.IsNullOrEmpty(full))
        {
            return null;
        }

        var end = full.IndexOf('(', StringComparison.Ordinal);
        var name = end < 0 ? full : full[..end];
        if (name.StartsWith(DynamicClass, StringComparison.Ordinal))
        {
            // The name of a method that reflection made holds dots of its own: "dynamicClass.InvokeStub_Cart.set_Total".
            return MethodName.Readable(DynamicClass.TrimEnd('.'), name[DynamicClass.Length..]);
        }

        var dot = name.EndsWith("ctor", StringComparison.Ordinal) ? name.LastIndexOf("..", StringComparison.Ordinal) : name.LastIndexOf('.');
        return dot < 0 ? MethodName.Readable("", name) : MethodName.Readable(name[..dot], name[(dot + 1)..]);
    }
}
