using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Budgets;

/// <summary>Checks all of FleetProf:Holds at once.</summary>
internal sealed class HoldOptionsValidation : IValidateOptions<HoldOptions>
{
    public ValidateOptionsResult Validate(string? name, HoldOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
