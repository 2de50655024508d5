namespace FleetProf.Analysis.Profiles;

/// <summary>Decoded samples: for each distinct stack one value per measure. Estimates may be fractional; writers round.</summary>
public sealed class Profile
{
    private readonly List<double>[] _values;

    public Profile(params IReadOnlyList<Measure> measures)
    {
        ArgumentOutOfRangeException.ThrowIfZero(measures.Count);
        Measures = measures;
        _values = [.. measures.Select(_ => new List<double>())];
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

    /// <summary>Adds to one measure of a stack; call <see cref="CountSamples"/> for the samples behind it.</summary>
    public void Add(int stack, int measure, double value)
    {
        var column = _values[measure];
        while (column.Count <= stack)
        {
            column.Add(0);
        }

        column[stack] += value;
    }

    public void CountSamples(long samples) => SampleCount += samples;

    /// <summary>Value of exactly this stack, callees not included.</summary>
    public double Self(int stack, int measure) => stack < _values[measure].Count ? _values[measure][stack] : 0;

    public double Total(int measure) => _values[measure].Sum();

    /// <summary>Stacks with a value in any measure, in order of id.</summary>
    public IEnumerable<int> SampledStacks()
    {
        for (var stack = 0; stack < Stacks.Count; stack++)
        {
            if (Enumerable.Range(0, Measures.Count).Any(m => Self(stack, m) != 0))
            {
                yield return stack;
            }
        }
    }
}
