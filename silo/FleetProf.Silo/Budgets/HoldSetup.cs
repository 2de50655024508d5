using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Budgets;

/// <summary>Composition of Budgets.</summary>
public static class HoldSetup
{
    public static WebApplicationBuilder AddHolds(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<HoldOptions>, HoldOptionsValidation>();
        builder.Services.AddOptions<HoldOptions>().BindConfiguration(HoldOptions.Section).ValidateOnStart();
        builder.Services.AddHoldRecords();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<HoldWatch>());
        return builder;
    }

    /// <summary>Everything but the loop.</summary>
    internal static IServiceCollection AddHoldRecords(this IServiceCollection services)
    {
        services.AddSingleton<HoldTable>();
        services.AddSingleton<HoldBoard>();
        services.AddSingleton<HoldWatch>();
        return services;
    }
}
