using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Checks FleetProf:Otlp and OpenTelemetry's variables at once.</summary>
internal sealed class OtlpOptionsValidation(IConfiguration configuration) : IValidateOptions<OtlpOptions>
{
    public ValidateOptionsResult Validate(string? name, OtlpOptions options)
    {
        var settings = new OtlpSettings(configuration);
        settings.Read();
        return settings.Problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(settings.Problems);
    }
}
