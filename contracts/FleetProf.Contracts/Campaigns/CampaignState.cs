namespace FleetProf.Contracts.Campaigns;

/// <summary>The life of a campaign.</summary>
public enum CampaignState
{
    /// <summary>Recurring: waits for its next run.</summary>
    Scheduled = 0,
    Running = 1,

    /// <summary>Every target is final.</summary>
    Completed = 2,

    /// <summary>Stopped by a person, or by a hold of its captures.</summary>
    Stopped = 3,

    /// <summary>The deadline passed with targets not final.</summary>
    Expired = 4,
}
