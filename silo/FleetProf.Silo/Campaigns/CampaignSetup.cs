using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Campaigns;

/// <summary>Composition of Campaigns.</summary>
public static class CampaignSetup
{
    public static WebApplicationBuilder AddCampaigns(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<CampaignOptions>, CampaignOptionsValidation>();
        services.AddOptions<CampaignOptions>().BindConfiguration(CampaignOptions.Section).ValidateOnStart();
        services.AddSingleton(provider => new CampaignCandidates(provider.GetRequiredService<LiveFleet>().List));
        services.AddSingleton<AgentLookup>(provider =>
        {
            var grains = provider.GetRequiredService<IGrainFactory>();
            return agentId => grains.GetGrain<IAgentGrain>(agentId);
        });
        services.AddCampaignRecords();
        builder.AddHolds();
        return builder;
    }

    /// <summary>Everything but who runs and who is told.</summary>
    internal static IServiceCollection AddCampaignRecords(this IServiceCollection services)
    {
        services.AddSingleton<CampaignDrafts>();
        services.AddSingleton<CampaignOrders>();
        services.AddSingleton<CampaignTable>();
        services.AddSingleton<CaptureTable>();
        services.AddSingleton<HeapStalls>();
        return services;
    }
}
