namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>A setting predicted from the others. Errors are relative and absolute in value.</summary>
/// <param name="Budget">As it came out.</param>
/// <param name="Reach">Its distance, as a ratio of 1 or more, from the nearest of the others.</param>
/// <param name="IsLeast">It had the least budget of all.</param>
/// <param name="IsLargest">It had the largest.</param>
/// <param name="IntervalError">Of the GC interval.</param>
/// <param name="PauseError">Of the median pause.</param>
public sealed record LeftOut(double Budget, double Reach, bool IsLeast, bool IsLargest, double IntervalError, double PauseError)
{
    public bool IsInside => !IsLeast && !IsLargest;
}
