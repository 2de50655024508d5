namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>How well the model, fitted on what was seen first, foretold what was seen afterwards. Errors are relative, 0.1 is 10 %.</summary>
/// <param name="IntervalMape">Mean absolute error of the GC interval over blocks of the second part.</param>
/// <param name="IntervalSpread">The error that nine of ten blocks stayed below.</param>
/// <param name="PauseP50Error">Absolute error of the median pause of the second part.</param>
/// <param name="PauseSpread">The error of the block medians that nine of ten blocks stayed below.</param>
public sealed record CycleBacktest(double IntervalMape, double IntervalSpread, double PauseP50Error, double PauseSpread)
{
    public const double LargestIntervalMape = 0.15;
    public const double LargestPauseError = 0.30;

    public bool IntervalHolds => IntervalMape <= LargestIntervalMape;

    public bool PauseHolds => PauseP50Error <= LargestPauseError;
}
