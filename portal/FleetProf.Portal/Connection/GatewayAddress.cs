using System.Globalization;

namespace FleetProf.Portal.Connection;

/// <summary>HOST:PORT of a silo's gateway; the host may be a name.</summary>
internal sealed record GatewayAddress(string Host, int Port)
{
    public static bool TryParse(string text, out GatewayAddress address)
    {
        address = new("", 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text[..colon].Trim('[', ']');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        address = new(host, port);
        return true;
    }
}
