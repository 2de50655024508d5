namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>A predicted number with its 90 % interval, or the answer "not predicted" with its reason. Never both.</summary>
public sealed record Prediction
{
    private Prediction()
    {
    }

    public double? Value { get; private init; }

    public double? Low { get; private init; }

    public double? High { get; private init; }

    public WithheldReason? Withheld { get; private init; }

    /// <summary>One sentence; empty when predicted.</summary>
    public string Because { get; private init; } = "";

    public bool IsPredicted => Value is not null;

    public static Prediction Of(double value, double low, double high) => new() { Value = value, Low = low, High = high };

    public static Prediction NotPredicted(WithheldReason reason, string because) => new() { Withheld = reason, Because = because };
}
