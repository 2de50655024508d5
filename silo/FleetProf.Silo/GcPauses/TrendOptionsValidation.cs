using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses;

/// <summary>Checks all of FleetProf:Trends at once.</summary>
internal sealed class TrendOptionsValidation : IValidateOptions<TrendOptions>
{
    /// <summary>Of any level.</summary>
    public static readonly TimeSpan LongestRetention = TimeSpan.FromDays(3650);

    private static readonly TimeSpan ShortestRetention = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, TrendOptions options) =>
        Problems(options).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Problems(TrendOptions options)
    {
        if (options.WindowRetention < ShortestRetention || options.WindowRetention > LongestRetention)
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.WindowRetention)} is {options.WindowRetention}. Give 10 minutes to 10 years, for example \"2.00:00:00\".";
        }

        if (options.MinuteRetention < options.WindowRetention || options.MinuteRetention > LongestRetention)
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.MinuteRetention)} is {options.MinuteRetention}. Give {nameof(TrendOptions.WindowRetention)} ({options.WindowRetention}) to 10 years, for example \"14.00:00:00\".";
        }

        if (options.QuarterRetention < options.MinuteRetention || options.QuarterRetention > LongestRetention)
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.QuarterRetention)} is {options.QuarterRetention}. Give {nameof(TrendOptions.MinuteRetention)} ({options.MinuteRetention}) to 10 years, for example \"400.00:00:00\".";
        }

        if (options.RollUpInterval < TimeSpan.FromSeconds(1) || options.RollUpInterval > TimeSpan.FromMinutes(10))
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.RollUpInterval)} is {options.RollUpInterval}. Give 1 second to 10 minutes, for example \"00:00:10\".";
        }

        if (options.SweepInterval < TimeSpan.FromSeconds(1) || options.SweepInterval > TimeSpan.FromDays(1))
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.SweepInterval)} is {options.SweepInterval}. Give 1 second to 1 day, for example \"00:10:00\".";
        }
    }
}
