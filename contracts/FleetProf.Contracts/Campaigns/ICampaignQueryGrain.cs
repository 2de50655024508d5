namespace FleetProf.Contracts.Campaigns;

/// <summary>Reads campaigns from the catalog and previews draws. Stateless; key 0.</summary>
[Alias("fleetprof.campaign-query")]
public interface ICampaignQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Newest first, at most 1,000.</summary>
    [Alias("list")]
    Task<IReadOnlyList<CampaignRow>> ListAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>Validates a spec and shows who could be drawn; changes nothing.</summary>
    [Alias("preview")]
    Task<CampaignPreview> PreviewAsync(CampaignSpec spec, CancellationToken cancellationToken = default);
}
