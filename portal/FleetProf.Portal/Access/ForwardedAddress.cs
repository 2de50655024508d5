using System.Net;
using FleetProf.Portal.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace FleetProf.Portal.Access;

/// <summary>Behind a proxy: who asks, by which scheme and of which host, as the proxy tells it. Nobody but a trusted one may tell.</summary>
internal static class ForwardedAddress
{
    public static IServiceCollection AddForwardedAddress(this IServiceCollection services, PortalOptions options) => services.Configure<ForwardedHeadersOptions>(forwarded =>
    {
        var networks = ParseAll(options.TrustedProxies) ?? [];
        // With empty lists the framework takes these headers from everybody, and by itself from loopback.
        forwarded.ForwardedHeaders = networks.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        // From the last one on, as far as each was added by a trusted one: two proxies behind each other are two entries.
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            forwarded.KnownIPNetworks.Add(network);
        }
    });

    /// <summary>Null when one of them is neither an address nor a network, or is a network of all addresses.</summary>
    public static IReadOnlyList<IPNetwork>? ParseAll(string? text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out var address))
            {
                networks.Add(new(address, 8 * address.GetAddressBytes().Length));
            }
            else if (IPNetwork.TryParse(part, out var network) && network.PrefixLength > 0)
            {
                networks.Add(network);
            }
            else
            {
                return null;
            }
        }

        return networks;
    }
}
