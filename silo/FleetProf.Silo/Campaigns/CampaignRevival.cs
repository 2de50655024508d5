using FleetProf.Contracts.Campaigns;

namespace FleetProf.Silo.Campaigns;

/// <summary>Calls a campaign back to work after its activation had to end.</summary>
internal static class CampaignRevival
{
    public static void Begin(ICampaignGrain campaign, TimeSpan delay, TimeProvider clock) => _ = Task.Run(async () =>
    {
        try
        {
            await Task.Delay(delay, clock);
            await campaign.GetAsync();
        }
        catch
        {
            // Its reminder follows.
        }
    });
}
