namespace FleetProf.Measures.GcPauses;

/// <summary>How many values of a sketch lie in (<paramref name="Lower"/>, <paramref name="Upper"/>]; every one is reported as <paramref name="Value"/>.</summary>
public readonly record struct SketchBucket(double Lower, double Upper, double Value, long Count);
