using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>Checks all of FleetProf:Campaigns at once.</summary>
internal sealed class CampaignOptionsValidation : IValidateOptions<CampaignOptions>
{
    public ValidateOptionsResult Validate(string? name, CampaignOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
