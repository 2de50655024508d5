using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses;

/// <summary>Checks all of FleetProf:Trends at once.</summary>
internal sealed class TrendOptionsValidation : IValidateOptions<TrendOptions>
{
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, TrendOptions options) =>
        Problems(options).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Problems(TrendOptions options)
    {
        if (options.Retention < ShortestRetention || options.Retention > TimeSpan.FromDays(3650))
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.Retention)} is {options.Retention}. Give 10 minutes to 10 years, for example \"7.00:00:00\".";
        }

        if (options.SweepInterval < TimeSpan.FromSeconds(1) || options.SweepInterval > TimeSpan.FromDays(1))
        {
            yield return $"{TrendOptions.Section}:{nameof(TrendOptions.SweepInterval)} is {options.SweepInterval}. Give 1 second to 1 day, for example \"00:10:00\".";
        }
    }
}
