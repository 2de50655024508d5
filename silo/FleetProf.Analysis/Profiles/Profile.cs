namespace FleetProf.Analysis.Profiles;

/// <summary>Decoded samples: for each distinct stack one value per measure. Estimates may be fractional; writers round.</summary>
public sealed class Profile
{
    private readonly double[][] _values;
    private readonly List<(int Stack, int Slice, double Value)> _inSlices = [];
    private double[] _squares = [];

    public Profile(params IReadOnlyList<Measure> measures)
    {
        ArgumentOutOfRangeException.ThrowIfZero(measures.Count);
        Measures = measures;
        _values = [.. measures.Select(_ => Array.Empty<double>())];
    }

    public IReadOnlyList<Measure> Measures { get; }

    public FrameTable Frames { get; } = new();

    public StackTable Stacks { get; } = new();

    /// <summary>Samples that were added, before any weighting.</summary>
    public long SampleCount { get; private set; }

    /// <summary>When the recording began; null when the artifact does not say.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Time between two samples of one thread, or bytes between two allocation samples; 0 when unknown.</summary>
    public double Period { get; init; }

    public Measure PeriodMeasure { get; init; } = new("", "");

    /// <summary>Lengths of the slices that the recorded time is cut into; empty where the artifact does not say when its samples came.</summary>
    public IReadOnlyList<double> SliceMs { get; init; } = [];

    /// <summary>What was added with <see cref="AddInSlice"/>, in no order.</summary>
    public IReadOnlyList<(int Stack, int Slice, double Value)> InSlices => _inSlices;

    /// <summary>Whether it is known what single samples stand for (<see cref="AddSquares"/>).</summary>
    public bool HasSquares => _squares.Length > 0;

    /// <summary>Adds to one measure of a stack; call <see cref="CountSamples"/> for the samples behind it.</summary>
    public void Add(int stack, int measure, double value) => AddTo(ref _values[measure], stack, value);

    /// <summary>
    /// Adds the squares of what each sample of a stack stands for in the first measure. Where samples stand for unequal amounts, the certainty of a sum
    /// follows from these: one sample of half of all is no better known than any other.
    /// </summary>
    public void AddSquares(int stack, double squares) => AddTo(ref _squares, stack, squares);

    /// <summary>
    /// Adds what of the first measure of exactly this stack fell into a slice of the time. Samples do not come one by one: a call of 40 ms is 40 of them
    /// in a row, and what a request runs comes together. How much the same work differs from one recording to the next shows in how it differs within one.
    /// </summary>
    public void AddInSlice(int stack, int slice, double value) => _inSlices.Add((stack, slice, value));

    public void CountSamples(long samples) => SampleCount += samples;

    /// <summary>Value of exactly this stack, callees not included.</summary>
    public double Self(int stack, int measure) => stack < _values[measure].Length ? _values[measure][stack] : 0;

    /// <summary>What was added with <see cref="AddSquares"/> to exactly this stack.</summary>
    public double Squares(int stack) => stack < _squares.Length ? _squares[stack] : 0;

    public double Total(int measure) => _values[measure].Sum();

    /// <summary>Stacks with a value in any measure, in order of id.</summary>
    public IEnumerable<int> SampledStacks()
    {
        for (var stack = 0; stack < Stacks.Count; stack++)
        {
            for (var measure = 0; measure < Measures.Count; measure++)
            {
                if (Self(stack, measure) != 0)
                {
                    yield return stack;
                    break;
                }
            }
        }
    }

    /// <summary>
    /// The same samples with every stack upside down: what was at the leaf is at the root. Stacks are cut at <paramref name="maxDepth"/> frames from their
    /// leaf. When samples came is left out: such profiles are looked at, not compared.
    /// </summary>
    public Profile Inverted(int maxDepth = 256)
    {
        var inverted = new Profile(Measures) { StartedAt = StartedAt, Duration = Duration, Period = Period, PeriodMeasure = PeriodMeasure };
        var frames = Enumerable.Range(0, Frames.Count).Select(frame => inverted.Frames.Intern(Frames[frame])).ToArray();
        foreach (var stack in SampledStacks())
        {
            var upsideDown = StackTable.Root;
            for (int at = stack, depth = 0; at != StackTable.Root && depth < maxDepth; at = Stacks.Parent(at), depth++)
            {
                upsideDown = inverted.Stacks.Push(upsideDown, frames[Stacks.LeafFrame(at)]);
            }

            for (var measure = 0; measure < Measures.Count; measure++)
            {
                inverted.Add(upsideDown, measure, Self(stack, measure));
            }

            if (HasSquares)
            {
                inverted.AddSquares(upsideDown, Squares(stack));
            }
        }

        inverted.CountSamples(SampleCount);
        return inverted;
    }

    private void AddTo(ref double[] column, int stack, double value)
    {
        if (column.Length <= stack)
        {
            Array.Resize(ref column, Math.Max(Stacks.Count, column.Length * 2));
        }

        column[stack] += value;
    }
}
