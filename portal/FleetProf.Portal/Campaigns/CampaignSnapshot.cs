using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;

namespace FleetProf.Portal.Campaigns;

/// <summary>A campaign at one moment.</summary>
/// <param name="Campaign">Null when there is no such campaign, or before the silo has answered once.</param>
/// <param name="AsOf">When the silo last answered.</param>
/// <param name="Problem">Why the figures may be old; null when all is well.</param>
public sealed record CampaignSnapshot(Campaign? Campaign, DateTimeOffset AsOf, string? Problem)
{
    /// <summary>Without a campaign of services that somebody's grants do not hold for: to them there is none.</summary>
    public CampaignSnapshot For(Grants grants) => Campaign is null || Campaign.IsCoveredBy(grants) ? this : this with { Campaign = null };

    /// <summary>Nothing will change any more: it is over, and so is every target.</summary>
    public bool IsFinal => Problem is null
        && (Campaign is null
            || (Campaign.State is CampaignState.Completed or CampaignState.Stopped or CampaignState.Expired
                && Campaign.Targets.All(target => target.State >= Contracts.Captures.CaptureState.Ready)));
}
