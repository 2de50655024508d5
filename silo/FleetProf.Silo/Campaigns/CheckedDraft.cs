using FleetProf.Analysis.Campaigns;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Campaigns;

/// <summary>A draft, what is wrong with it, and who it could draw.</summary>
internal sealed record CheckedDraft
{
    public required CampaignDraft Draft { get; init; }

    /// <summary>Empty when it can become a campaign.</summary>
    public required IReadOnlyList<CampaignProblem> Problems { get; init; }

    public required IReadOnlyList<Instance> Population { get; init; }

    /// <summary>How many more there were until a moment ago, whose agents may be back soon; 0 where nobody asked for them.</summary>
    public required int LostCount { get; init; }
}
