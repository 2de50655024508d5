using System.Security.Cryptography;

namespace FleetProf.Portal.Campaigns;

/// <summary>Composition of Campaigns.</summary>
internal static class CampaignSetup
{
    public static WebApplicationBuilder AddCampaigns(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(RandomNumberGenerator.Create());
        builder.Services.AddSingleton<RunIds>();
        builder.Services.AddSingleton<CampaignStarter>();
        builder.Services.AddSingleton<CampaignFeed>();
        return builder;
    }
}
