namespace FleetProf.Portal.Hosting;

/// <summary>Settings of the portal; `FleetProf:Portal:…` in appsettings, environment or arguments.</summary>
public sealed class PortalOptions
{
    public const string Section = "FleetProf:Portal";

    /// <summary>Address to listen on. Plain HTTP is for loopback only. Port 0 takes a free one. Default: http://127.0.0.1:8080.</summary>
    public string Listen { get; set; } = "http://127.0.0.1:8080";

    /// <summary>
    /// The address that people and the CLI know the portal by, such as https://portal.example: it stands in connection.json and in links.
    /// Default: null, the address that it listens on, as this host reaches it.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>Gateway of the silo as HOST:PORT; of several silos, separated by commas. Anything but loopback needs <see cref="ClusterTls"/>. Default: 127.0.0.1:30000.</summary>
    public string SiloGateway { get; set; } = "127.0.0.1:30000";

    /// <summary>Folder with cluster.crt, cluster.key and roots.crt (`fleetprof ca cluster`): mutual TLS with the silos. Default: null, plain on loopback.</summary>
    public string? ClusterTls { get; set; }

    /// <summary>Holds the keys that protect cookies; losing it logs everybody out. Default: .fleetprof/portal.</summary>
    public string DataFolder { get; set; } = Path.Combine(".fleetprof", "portal");

    /// <summary>Where to write url, token and login link once the portal is ready. Default: nowhere; the login link is logged.</summary>
    public string? ConnectionFile { get; set; }

    /// <summary>Says that something in front of the portal terminates TLS. Default: false.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>
    /// Addresses and networks, separated by commas, of the proxies in front of the portal, such as 10.0.0.5 or 10.244.7.0/24. Only what comes from them
    /// may say by X-Forwarded-For, -Proto and -Host whom it is for. Default: null, nobody may.
    /// </summary>
    public string? TrustedProxies { get; set; }

    /// <summary>Login attempts per minute and address (of IPv6: network of 64 bits), 1 to 1,000. More are answered 429. Default: 20.</summary>
    public int LoginAttemptsPerMinute { get; set; } = 20;

    /// <summary>API requests per second of one caller, 1 to 10,000, and as many of pages; twice as many at once. More are answered 429. Default: 100.</summary>
    public int ApiRequestsPerSecond { get; set; } = 100;

    /// <summary>The identity provider. Default: none.</summary>
    public OidcOptions Oidc { get; set; } = new();

    internal Uri ListenAddress => new(Listen);
}
