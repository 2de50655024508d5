using FleetProf.Portal.Hosting;
using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace FleetProf.Portal.Connection;

/// <summary>The configured gateways; their names are resolved anew at each look, so that a silo may move.</summary>
internal sealed class GatewayList(PortalOptions options) : IGatewayListProvider
{
    /// <summary>Short, because a restarted silo should be found again within a breath.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(2);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        var gateways = new List<Uri>();
        foreach (var gateway in GatewayAddress.ParseAll(options.SiloGateway) ?? [])
        {
            gateways.AddRange(await ResolveAsync(gateway));
        }

        return [.. gateways.Distinct()];
    }

    /// <summary>A silo whose name is gone is away; the others are not.</summary>
    private static async Task<IEnumerable<Uri>> ResolveAsync(GatewayAddress gateway)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(gateway.Host)).Select(address => SiloAddress.New(address, gateway.Port, 0).ToGatewayUri());
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
