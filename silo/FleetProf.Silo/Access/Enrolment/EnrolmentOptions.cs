using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FleetProf.Silo.Hosting;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>Options of section FleetProf:Enrolment.</summary>
public sealed class EnrolmentOptions
{
    public const string Section = "FleetProf:Enrolment";

    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    /// <summary>Where hosts join (gRPC over TLS), "address:port". Set, the silo is its own certificate authority and agents need certificates. Default: null, agents on loopback only.</summary>
    public string? Listen { get; set; }

    /// <summary>Names and addresses that agents know this silo by. Default: empty, which is the host's name, the address of <see cref="Listen"/> or all of the host's, and loopback.</summary>
    public string[] Names { get; set; } = [];

    /// <summary>Keys and certificates of the authority; several silos share one folder. Default: null, which is "authority" in the data folder.</summary>
    public string? AuthorityFolder { get; set; }

    /// <summary>Of an agent's certificate; it is renewed after two thirds. Default: 24 hours. 10 s to 90 days.</summary>
    public TimeSpan CertificateLife { get; set; } = TimeSpan.FromHours(24);

    /// <summary>An agent that was away may renew an expired certificate for so long; for nothing else it is good. Default: 3 days, a weekend without the silo. 0 to 30 days.</summary>
    public TimeSpan RenewalGrace { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How often live connections are checked against the revoked and quarantined agents. Default: 3 s. 100 ms to 10 s.</summary>
    public TimeSpan StandingInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an agent that joined may wait for approval; then it is refused. Default: 7 days. 1 hour to 1 year.</summary>
    public TimeSpan PendingLife { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Hosts that may join per second in the long run. Default: 100. Above 0.</summary>
    public int JoinsPerSecond { get; set; } = 100;

    /// <summary>Failed attempts per minute and address before it is turned away. Default: 10. Above 0.</summary>
    public int FailuresPerMinute { get; set; } = 10;

    /// <summary>Connections to the enrolment port at once; more are closed. Default: 1,000. Above 0.</summary>
    public int MaxConnections { get; set; } = 1_000;

    /// <summary>The same from one address, behind which many hosts may be. Default: 200. Above 0.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 200;

    /// <summary>New connections per minute and address; a host that joins makes two. Default: 1,200. Above 0.</summary>
    public int ConnectionsPerMinute { get; set; } = 1_200;

    /// <summary>TLS handshakes on the enrolment port at once; more wait for a moment, and are then closed. Default: 8 per processor, a quarter of what agents have. Above 0.</summary>
    public int MaxHandshakes { get; set; } = 8 * Environment.ProcessorCount;

    /// <summary>Whether hosts can join, and agents need certificates.</summary>
    public bool IsOn => !string.IsNullOrEmpty(Listen);

    /// <summary>For the silo's own certificate.</summary>
    internal IReadOnlyList<string> HostNames()
    {
        if (Names.Length > 0)
        {
            return Names;
        }

        var listen = ListenAddress.Parse(Listen!).Address;
        string[] own = listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any) ? [.. OwnAddresses()] : [listen.ToString()];
        return [.. new[] { Environment.MachineName, "localhost", "127.0.0.1", "::1" }.Concat(own).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Where hosts are told to join.</summary>
    internal string JoinUrl()
    {
        var listen = ListenAddress.Parse(Listen!);
        var name = Names.Length > 0 ? Names[0] : listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) ? Environment.MachineName : listen.Address.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"https://{(name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name)}:{listen.Port}");
    }

    /// <summary>Problems, each naming its key; empty when all is fine.</summary>
    internal IEnumerable<string> Problems()
    {
        if (IsOn && !ListenAddress.TryParse(Listen, out _))
        {
            yield return $"{Section}:{nameof(Listen)} = '{Listen}' is no address. Write address:port, for example 0.0.0.0:7444.";
        }

        foreach (var name in Names.Where(name => Uri.CheckHostName(name) == UriHostNameType.Unknown))
        {
            yield return $"{Section}:{nameof(Names)}: '{name}' is neither a host name nor an address.";
        }

        var spans = new[]
        {
            (nameof(CertificateLife), CertificateLife, ShortestLife, LongestLife),
            (nameof(RenewalGrace), RenewalGrace, TimeSpan.Zero, TimeSpan.FromDays(30)),
            (nameof(StandingInterval), StandingInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
            (nameof(PendingLife), PendingLife, TimeSpan.FromHours(1), TimeSpan.FromDays(365)),
        };
        foreach (var (key, value, least, most) in spans.Where(span => span.Item2 < span.Item3 || span.Item2 > span.Item4))
        {
            yield return $"{Section}:{key} = {value} must be between {least} and {most}.";
        }

        var counts = new[]
        {
            (nameof(JoinsPerSecond), JoinsPerSecond), (nameof(FailuresPerMinute), FailuresPerMinute), (nameof(MaxConnections), MaxConnections),
            (nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress), (nameof(ConnectionsPerMinute), ConnectionsPerMinute), (nameof(MaxHandshakes), MaxHandshakes),
        };
        foreach (var (key, value) in counts.Where(entry => entry.Item2 <= 0))
        {
            yield return $"{Section}:{key} = {value} must be above 0.";
        }
    }

    private static IEnumerable<string> OwnAddresses()
    {
        try
        {
            return Dns.GetHostAddresses(Dns.GetHostName()).Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal).Select(address => address.ToString()).Distinct();
        }
        catch (SocketException)
        {
            // A host without a name that resolves; the others remain.
            return [];
        }
    }
}
