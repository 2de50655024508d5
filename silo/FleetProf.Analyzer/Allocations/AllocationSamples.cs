using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.Allocations.Hidden;
using FleetProf.Analysis.Profiles;
using FleetProf.Analyzer.Profiles;
using FleetProf.Measures.Allocations;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.Allocations;

/// <summary>
/// Collects allocation samples by type and stack. Sampled events and ticks are kept apart; when a recording has both, only the unbiased
/// samples are used.
/// </summary>
internal sealed class AllocationSamples(RawStacks stacks)
{
    public const int BytesMeasure = 0;
    private const int ObjectsMeasure = 1;
    private const string TypeModule = "[type]";

    private readonly Totals _sampled = new(AllocationSource.Sampled);
    private readonly Totals _ticks = new(AllocationSource.Tick);
    private ulong[] _buffer = new ulong[128];

    public AllocationSource Source => _sampled.Types.SampleCount > 0 || _ticks.Types.SampleCount == 0 ? AllocationSource.Sampled : AllocationSource.Tick;

    public AllocationTypes Types => Used.Types;

    /// <summary>Of the samples that are used, those whose stacks are cut (<see cref="RawStacks.IsCut"/>).</summary>
    public long CutCount => Used.ByStack.Sum(allocated => stacks.IsCut(allocated.Key.Stack) ? allocated.Value.Samples : 0L);

    private Totals Used => Source == AllocationSource.Sampled ? _sampled : _ticks;

    public void Listen(ClrTraceEventParser runtime)
    {
        runtime.AllocationSampling += data =>
        {
            var bytes = Math.Max(data.ObjectSize, 1);
            Add(_sampled, data, (data.TypeName, data.AllocationKind == GCAllocationKind.Large), AllocationUnbiasing.EstimatedBytes(bytes), AllocationUnbiasing.EstimatedCount(bytes));
        };
        runtime.GCAllocationTick += data => Add(_ticks, data, (data.TypeName, data.AllocationKind == GCAllocationKind.Large), data.AllocationAmount64, 0);
    }

    public Profile ToProfile(StackNames names, DateTimeOffset startedAt, TimeSpan duration)
    {
        var bytes = new Measure("alloc_space", "bytes");
        var profile = new Profile(Source == AllocationSource.Sampled ? [bytes, new Measure("alloc_objects", "count")] : [bytes])
        {
            StartedAt = startedAt,
            Duration = duration,
            Period = AllocationUnbiasing.MeanBytesBetweenSamples,
            PeriodMeasure = new Measure("space", "bytes"),
            SliceMs = Used.BySlice.End(duration),
        };
        var places = new Dictionary<(int Stack, string Type, bool IsLarge), int>(Used.ByStack.Count);
        foreach (var ((rawStack, type, isLarge), sum) in Used.ByStack)
        {
            var leaf = profile.Frames.Intern(new Frame(type, TypeModule, FrameKind.AllocatedType));
            var stack = profile.Stacks.Push(names.In(profile, rawStack), leaf);
            places.Add((rawStack, type, isLarge), stack);
            profile.Add(stack, BytesMeasure, sum.Bytes);
            profile.AddSquares(stack, sum.Squares);
            profile.CountSamples(sum.Samples);
            if (Source == AllocationSource.Sampled)
            {
                profile.Add(stack, ObjectsMeasure, sum.Objects);
            }
        }

        foreach (var ((allocated, slice), bytesThen) in Used.BySlice.Sums)
        {
            profile.AddInSlice(places[allocated], slice, bytesThen);
        }

        return profile;
    }

    /// <summary>What of it the source code does not show. The profile is the one that <see cref="ToProfile"/> made: its stacks are looked at.</summary>
    public HiddenAllocations ToHidden(Profile profile, StackNames names)
    {
        var hidden = new HiddenAllocations(profile, Source, names.ValueTypes, names.StateMachines);
        foreach (var ((rawStack, type, isLarge), sum) in Used.ByStack)
        {
            hidden.Add(new SampledAllocation
            {
                Type = type,
                Stack = names.In(profile, rawStack),
                Bytes = sum.Bytes,
                Objects = sum.Objects,
                Samples = sum.Samples,
                IsLarge = isLarge,
                IsCold = names.IsCold(rawStack),
                IsOfDebugBuild = names.IsOfDebugBuild(rawStack),
            });
        }

        return hidden;
    }

    private void Add(Totals totals, TraceEvent data, (string Name, bool IsLarge) allocated, double bytes, double objects)
    {
        var type = string.IsNullOrEmpty(allocated.Name) ? "(unnamed type)" : allocated.Name;
        var length = EventStack.Copy(data, ref _buffer);
        var key = (stacks.Intern(_buffer.AsSpan(0, length)), type, allocated.IsLarge);
        var sum = totals.ByStack.GetValueOrDefault(key);
        totals.ByStack[key] = (sum.Bytes + bytes, sum.Objects + objects, sum.Samples + 1, sum.Squares + (bytes * bytes));
        totals.BySlice.Add(key, data.TimeStampRelativeMSec, bytes);
        totals.Types.Add(type, bytes, objects);
    }

    private sealed class Totals(AllocationSource source)
    {
        public AllocationTypes Types { get; } = new(source);

        public Dictionary<(int Stack, string Type, bool IsLarge), (double Bytes, double Objects, long Samples, double Squares)> ByStack { get; } = [];

        public SlicedSums<(int Stack, string Type, bool IsLarge)> BySlice { get; } = new();
    }
}
