using System.Globalization;

namespace FleetProf.Portal.Connection;

/// <summary>HOST:PORT of a silo's gateway; the host may be a name.</summary>
internal sealed record GatewayAddress(string Host, int Port)
{
    /// <summary>Separated by commas; null when one of them is none.</summary>
    public static IReadOnlyList<GatewayAddress>? ParseAll(string text)
    {
        var gateways = new List<GatewayAddress>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(part, out var gateway))
            {
                return null;
            }

            gateways.Add(gateway);
        }

        return gateways;
    }

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
