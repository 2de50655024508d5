using FleetProf.Portal.Hosting;
using System.Net;
using Orleans.Messaging;

namespace FleetProf.Portal.Connection;

/// <summary>The one configured gateway; its name is resolved anew at each look, so that a silo may move.</summary>
internal sealed class GatewayList(PortalOptions options) : IGatewayListProvider
{
    /// <summary>Short, because a restarted silo should be found again within a breath.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(2);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        if (!GatewayAddress.TryParse(options.SiloGateway, out var gateway))
        {
            return [];
        }

        var addresses = await Dns.GetHostAddressesAsync(gateway.Host);
        return [.. addresses.Select(address => SiloAddress.New(address, gateway.Port, 0).ToGatewayUri())];
    }
}
