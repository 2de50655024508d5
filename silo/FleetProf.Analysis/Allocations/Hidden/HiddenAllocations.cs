using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>
/// Finds allocations that source code does not show among sampled ones. It claims only what was sampled: what the JIT put on the stack
/// is not there, and what no rule explains stays unclassified.
/// </summary>
/// <param name="profile">The stacks that the samples refer to.</param>
/// <param name="source">Biased sources give no error bounds.</param>
/// <param name="values">Knows which types are boxes.</param>
/// <param name="machines">Knows which state machines are no iterators.</param>
public sealed class HiddenAllocations(Profile profile, AllocationSource source, ValueTypeNames values, StateMachineNames machines)
{
    /// <summary>A recording with a larger share of samples from unoptimised code is cold, taken too soon after a start, or of a Debug build.</summary>
    public const double MuchUnoptimized = 0.2;

    private readonly List<Found> _found = [];
    private readonly Dictionary<int, AllocationStack> _stacks = [];
    private readonly Dictionary<string, Site> _sites = new(StringComparer.Ordinal);
    private long _userSamples;
    private long _coldSamples;
    private long _debugSamples;

    public AllocationSource Source => source;

    public double TotalBytes { get; private set; }

    public long SampleCount { get; private set; }

    /// <summary>Share of the samples below user code that ran before the JIT had optimised it.</summary>
    public double ColdShare => _userSamples == 0 ? 0 : (double)_coldSamples / _userSamples;

    public bool IsCold => ColdShare > MuchUnoptimized;

    /// <summary>Share of the samples below user code that its build does not let the JIT optimise: no later recording has fewer.</summary>
    public double DebugShare => _userSamples == 0 ? 0 : (double)_debugSamples / _userSamples;

    public bool IsOfDebugBuild => DebugShare > MuchUnoptimized;

    public void Add(SampledAllocation sample)
    {
        if (!_stacks.TryGetValue(sample.Stack, out var stack))
        {
            stack = AllocationStack.Of(profile, sample.Stack);
            _stacks.Add(sample.Stack, stack);
        }

        TotalBytes += sample.Bytes;
        SampleCount += sample.Samples;
        if (stack.User is not null)
        {
            _userSamples += sample.Samples;
            _coldSamples += sample.IsCold ? sample.Samples : 0;
            _debugSamples += sample.IsOfDebugBuild ? sample.Samples : 0;
        }

        var type = new AllocatedTypeName(sample.Type);
        var found = new Found(sample, type, stack, HiddenAllocationRules.Of(type, sample.IsLarge, stack, values, machines));
        _found.Add(found);
        SiteOf(found).Note(found);
    }

    /// <summary>All claims, heaviest first.</summary>
    public IReadOnlyList<HiddenAllocationRow> Rows()
    {
        var rows = new Dictionary<(HiddenAllocationClass, string, string), Sum>();
        foreach (var found in _found)
        {
            if (SiteOf(found).Refine(found) is { } claim)
            {
                var method = claim.Class == HiddenAllocationClass.AsyncClosure ? WithoutLambda(found.Stack.UserMethod) : found.Stack.UserMethod;
                var key = (claim.Class, method, found.Type.Full);
                if (!rows.TryGetValue(key, out var sum))
                {
                    sum = new Sum();
                    rows.Add(key, sum);
                }

                sum.Add(found, claim, method);
            }
        }

        return [.. rows.Values.Select(sum => sum.ToRow(TotalBytes)).OrderByDescending(row => row.Bytes).ThenBy(row => row.UserMethod, StringComparer.Ordinal).ThenBy(row => row.Type, StringComparer.Ordinal)];
    }

    private Site SiteOf(Found found)
    {
        var key = WithoutLambda(found.Stack.UserMethod);
        if (!_sites.TryGetValue(key, out var site))
        {
            site = new Site();
            _sites.Add(key, site);
        }

        return site;
    }

    private static string WithoutLambda(string method) => method.EndsWith(".lambda", StringComparison.Ordinal) ? method[..^".lambda".Length] : method;

    private readonly record struct Found(SampledAllocation Sample, AllocatedTypeName Type, AllocationStack Stack, HiddenAllocationClaim? Claim);

    /// <summary>What else was sampled in the same method: library code inlined into it leaves no other trace.</summary>
    private sealed class Site
    {
        private readonly HashSet<string> _asyncLambdas = new(StringComparer.Ordinal);
        private bool _hasBoxes;
        private bool _hasBuilders;
        private bool _hasClosures;
        private bool _hasTableGrowth;

        public void Note(Found found)
        {
            _hasBoxes |= found.Claim?.Class == HiddenAllocationClass.Boxing;
            _hasClosures |= found.Claim?.Class == HiddenAllocationClass.Closure;
            _hasTableGrowth |= found.Claim?.Class == HiddenAllocationClass.DictionaryGrowth;
            _hasBuilders |= found.Type.Full == "System.Text.StringBuilder" && found.Stack.User is not null;
            if (found.Claim?.Class == HiddenAllocationClass.AsyncClosure)
            {
                _asyncLambdas.Add(ClosureOf(found.Type.Arguments));
            }
        }

        public HiddenAllocationClaim? Refine(Found found) => found.Claim switch
        {
            { Class: HiddenAllocationClass.Closure } closure when _asyncLambdas.Contains(found.Type.Head) => closure with { Class = HiddenAllocationClass.AsyncClosure, Detail = "closure" },
            { Class: HiddenAllocationClass.Delegate } made => made with { Detail = _hasClosures || _asyncLambdas.Count > 0 ? "capturing lambda" : "method group" },
            null when found.Stack.IsDirect => Inlined(found.Type.Full),
            var claim => claim,
        };

        private HiddenAllocationClaim? Inlined(string type) => type switch
        {
            "System.Object[]" when _hasBoxes => new(HiddenAllocationClass.ParamsArray, "with boxes", "boxes in the same method"),
            "System.Char[]" when _hasBuilders => new(HiddenAllocationClass.StringBuilderGrowth, "first chunk", "string builders in the same method"),
            // "Entry[System.Int32,System.Int64][]": a table's entries are of a generic type; a program's own Entry mostly is not.
            _ when _hasTableGrowth && type.StartsWith("Entry[", StringComparison.Ordinal) && type.EndsWith("][]", StringComparison.Ordinal) => new(HiddenAllocationClass.DictionaryGrowth, "", "growth in the same method"),
            _ => null,
        };

        // "...+<>c__DisplayClass2_0+<<RunAsync>b__0>d]" -> "<>c__DisplayClass2_0"
        private static string ClosureOf(string arguments)
        {
            var start = arguments.LastIndexOf("<>c__DisplayClass", StringComparison.Ordinal);
            var end = start < 0 ? -1 : arguments.IndexOfAny(['+', ']', '`', ','], start);
            return start < 0 ? "" : end < 0 ? arguments[start..] : arguments[start..end];
        }
    }

    private sealed class Sum
    {
        private Found _heaviest;
        private HiddenAllocationClaim _claim;
        private string _method = "";
        private double _bytes;
        private double _objects;
        private long _samples;
        private long _cold;
        private long _debug;

        public void Add(Found found, HiddenAllocationClaim claim, string method)
        {
            if (_samples == 0 || found.Sample.Bytes > _heaviest.Sample.Bytes)
            {
                (_heaviest, _claim, _method) = (found, claim, method);
            }

            _bytes += found.Sample.Bytes;
            _objects += found.Sample.Objects;
            _samples += found.Sample.Samples;
            _cold += found.Sample.IsCold ? found.Sample.Samples : 0;
            _debug += found.Sample.IsOfDebugBuild ? found.Sample.Samples : 0;
        }

        public HiddenAllocationRow ToRow(double totalBytes) => new()
        {
            Class = _claim.Class,
            Detail = _claim.Detail,
            UserMethod = _method,
            Module = _heaviest.Stack.User?.Module ?? "",
            Type = _heaviest.Type.Full,
            Evidence = _claim.Evidence,
            Bytes = _bytes,
            Objects = _objects,
            Samples = _samples,
            Share = totalBytes > 0 ? _bytes / totalBytes : 0,
            IsCold = _cold * 2 > _samples,
            IsOfDebugBuild = _debug * 2 > _samples,
        };
    }
}
