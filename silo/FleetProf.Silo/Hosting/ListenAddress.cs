using System.Net;

namespace FleetProf.Silo.Hosting;

/// <summary>Reads "address:port" options.</summary>
internal static class ListenAddress
{
    /// <summary>Accepts IPv4, [IPv6] and localhost, each with a port; no host names, because a name can change what is exposed.</summary>
    public static bool TryParse(string? text, out IPEndPoint endpoint)
    {
        const string localhost = "localhost:";
        var numeric = text is not null && text.StartsWith(localhost, StringComparison.OrdinalIgnoreCase) ? $"127.0.0.1:{text[localhost.Length..]}" : text;
        endpoint = new IPEndPoint(IPAddress.None, 0);
        return numeric is not null && numeric.Contains(':', StringComparison.Ordinal)
            && IPEndPoint.TryParse(numeric, out endpoint!) && endpoint.Port > 0;
    }

    /// <exception cref="FormatException">Not an address; the options validation reports it before.</exception>
    public static IPEndPoint Parse(string text) => TryParse(text, out var endpoint) ? endpoint : throw new FormatException($"'{text}' is no address.");
}
