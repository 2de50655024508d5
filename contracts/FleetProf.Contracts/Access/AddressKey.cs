using System.Net;
using System.Net.Sockets;

namespace FleetProf.Contracts.Access;

/// <summary>Whom limits count by: of IPv4 the address, of IPv6 its network of 64 bits. Who has one address of IPv6 has the 2^64 beside it too.</summary>
public static class AddressKey
{
    private const int NetworkBytes = 8;

    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Of what is no address, the text itself.</summary>
    public static string Of(string address) => IPAddress.TryParse(address, out var parsed) ? Of(parsed).ToString() : address;
}
