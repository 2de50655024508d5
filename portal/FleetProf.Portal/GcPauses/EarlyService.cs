using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.GcPauses;

/// <summary>The service whose page an address asks for, as far as it is known before the page has a circuit.</summary>
/// <param name="Service">Its name.</param>
/// <param name="State">What of it is to be shown.</param>
/// <param name="Row">How it is now.</param>
/// <param name="Holds">What may not be captured now.</param>
public sealed record EarlyService(string Service, ServicePageState State, ServiceRow Row, IReadOnlyList<CaptureHold> Holds)
{
    private const string Pages = "services/";

    /// <summary>Null where the address is of another page, or of a service that is unknown or cannot be asked for: the page says what is wrong.</summary>
    /// <param name="path">Relative to the address of the portal, with its query.</param>
    /// <param name="cluster">Where the service is asked for.</param>
    internal static async Task<EarlyService?> OfAsync(string path, IClusterClient cluster)
    {
        var page = path.Split('?', '#')[0];
        var name = page.StartsWith(Pages, StringComparison.Ordinal) ? page[Pages.Length..] : "";
        var service = Uri.UnescapeDataString(name);

        // A slash leads to another page of the service; one in its name is escaped.
        if (name.Contains('/', StringComparison.Ordinal) || !Ids.IsName(service))
        {
            return null;
        }

        try
        {
            var holds = cluster.GetGrain<IHoldGrain>(0).ListAsync();
            var row = await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service);
            return (row, await holds) is ({ } known, var held) ? new(service, ServicePageState.FromUri(path), known, held) : null;
        }
        catch (Exception failure) when (SiloFailure.IsUnavailable(failure))
        {
            return null;
        }
    }
}
