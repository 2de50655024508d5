using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FleetProf.Portal.Hosting;

/// <summary>Where people and programs reach the portal.</summary>
public sealed class PortalAddress(IServer server, PortalOptions options)
{
    /// <summary>For links and the CLI: the public address where one is set, else <see cref="LocalUrl"/>. Without a trailing slash.</summary>
    public string Url => string.IsNullOrEmpty(options.PublicUrl) ? LocalUrl : new Uri(options.PublicUrl).GetLeftPart(UriPartial.Authority);

    /// <summary>As this host reaches it. Without a trailing slash; the real port when a free one was asked for.</summary>
    public string LocalUrl
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
