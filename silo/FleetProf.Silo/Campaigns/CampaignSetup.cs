namespace FleetProf.Silo.Campaigns;

/// <summary>Composition of Campaigns.</summary>
public static class CampaignSetup
{
    public static WebApplicationBuilder AddCampaigns(this WebApplicationBuilder builder)
    {
        return builder;
    }
}
