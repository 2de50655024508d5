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
        services.AddSingleton(provider =>
        {
            var fleet = provider.GetRequiredService<LiveFleet>();
            return new CampaignCandidates(fleet.List, fleet.Find, fleet.ListLost);
        });
        services.AddSingleton<AgentLookup>(provider => FindAgents(provider.GetRequiredService<IGrainFactory>()));
        services.AddCampaignRecords();
        builder.AddHolds();
        return builder;
    }

    /// <summary>What kind of grain the interface names is found out once: it costs more than a call of one, and thousands may be looked for.</summary>
    private static AgentLookup FindAgents(IGrainFactory grains)
    {
        var any = (GrainReference)grains.GetGrain<IAgentGrain>("any");
        return agentId => (IAgentGrain)grains.GetGrain(GrainId.Create(any.GrainId.Type, agentId), any.InterfaceType);
    }

    /// <summary>Everything but who runs and who is told.</summary>
    internal static IServiceCollection AddCampaignRecords(this IServiceCollection services)
    {
        services.AddSingleton<CampaignDrafts>();
        services.AddSingleton<CampaignOrders>();
        services.AddSingleton<TargetAgents>();
        services.AddSingleton<CampaignTable>();
        services.AddSingleton<CaptureTable>();
        services.AddSingleton<HeapStalls>();
        return services;
    }
}
