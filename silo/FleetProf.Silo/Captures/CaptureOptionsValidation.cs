using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>Checks all of FleetProf:Captures at once.</summary>
internal sealed class CaptureOptionsValidation : IValidateOptions<CaptureOptions>
{
    public ValidateOptionsResult Validate(string? name, CaptureOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
