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
}
