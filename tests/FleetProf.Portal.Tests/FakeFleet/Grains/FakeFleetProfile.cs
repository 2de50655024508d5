using FleetProf.Contracts.Profiles;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeFleetProfile(FakeWorld world) : Grain, IFleetProfileGrain
{
    private static readonly string[] Names = ["System.String", "System.Byte[]", "Example.Checkout.Order", "System.Int32", "System.Object[]", "System.Collections.Generic.List`1[Example.Checkout.Line]"];

    public Task<FleetEstimates?> EstimateAsync(string campaignId, FleetTable table, CancellationToken cancellationToken = default) =>
        Task.FromResult(world.Campaigns.ContainsKey(campaignId) ? Create(campaignId, table) : null);

    private static FleetEstimates Create(string campaignId, FleetTable table) => new()
    {
        CampaignId = campaignId, Table = table, Unit = table == FleetTable.CpuMethods ? "ms/s" : "bytes/s",
        MergedCaptures = 3, DrawnCaptures = 4, PopulationSize = 24, Total = 480_000_000, TotalRelativeError = 0.17, TotalMoreCaptures = 5, LossyCaptures = 1,
        Rows =
        [
            .. Names.Select((name, rank) => new FleetEstimateRow
            {
                Name = name, PerSecond = 200_000_000.0 / (rank + 1), RelativeError = rank == 5 ? null : 0.12 * (rank + 1), MoreCaptures = rank == 5 ? null : 2 * rank, Captures = 3 - (rank / 3), Samples = 6_000 / (rank + 1),
            }),
        ],
    };
}
