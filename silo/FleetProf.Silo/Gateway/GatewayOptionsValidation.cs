using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>Checks all of FleetProf:Gateway at once.</summary>
internal sealed class GatewayOptionsValidation : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
