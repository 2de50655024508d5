using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Checks all of FleetProf:Enrolment at once.</summary>
internal sealed class EnrolmentOptionsValidation : IValidateOptions<EnrolmentOptions>
{
    public ValidateOptionsResult Validate(string? name, EnrolmentOptions options) =>
        options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
