using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FleetProf.Portal.Hosting;

/// <summary>Where people and programs on this host reach the portal.</summary>
public sealed class PortalAddress(IServer server, PortalOptions options)
{
    /// <summary>Without a trailing slash; the real port when a free one was asked for.</summary>
    public string Url
    {
        get
        {
            var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? options.Listen;
            var address = new UriBuilder(bound);
            if (address.Host is "0.0.0.0" or "[::]" or "+" or "*")
            {
                address.Host = "127.0.0.1";
            }

            return address.Uri.GetLeftPart(UriPartial.Authority);
        }
    }

    public string SetupUrl(string code) => $"{Url}/setup?t={Uri.EscapeDataString(code)}";

    public string LoginUrl(string code) => $"{Url}/login?t={Uri.EscapeDataString(code)}";
}
