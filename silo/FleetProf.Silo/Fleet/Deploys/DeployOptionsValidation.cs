using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>Checks all of FleetProf:Deploys at once.</summary>
internal sealed class DeployOptionsValidation : IValidateOptions<DeployOptions>
{
    public ValidateOptionsResult Validate(string? name, DeployOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
