namespace FleetProf.Silo.Hosting;

/// <summary>Options of section FleetProf:Silo.</summary>
public sealed class SiloOptions
{
    public const string Section = "FleetProf:Silo";

    /// <summary>Everything durable: catalog (unless <see cref="Database"/> is given), artifacts, logs. One silo at a time.</summary>
    public string DataFolder { get; set; } = "./.fleetprof/silo";

    /// <summary>
    /// Connection string of a PostgreSQL database ("Host=...;Database=...;Username=...") that holds the catalog: lists, trends, grain state, reminders.
    /// Null: the file catalog.db in <see cref="DataFolder"/>. It may hold a password and is never printed. A server that is not on this host needs
    /// "SSL Mode=Require" or stricter, or <see cref="AllowPlainDatabase"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>Whether password and catalog may go to a <see cref="Database"/> of another host without TLS, where whoever is on the way can read and change them. Default: false.</summary>
    public bool AllowPlainDatabase { get; set; }

    /// <summary>Folder of artifacts, on a volume that every silo of the database mounts at the same or another place. Default: null, which is <see cref="DataFolder"/>, for one silo alone.</summary>
    public string? Artifacts { get; set; }

    /// <summary>Where agents connect (gRPC, HTTP/2), "address:port". Anything but loopback needs FleetProf:Enrolment:Listen, and that beyond loopback needs it.</summary>
    public string AgentListen { get; set; } = "127.0.0.1:7443";

    /// <summary>Certificate file (PEM, or PKCS#12) of <see cref="AgentListen"/> on a loopback address; with FleetProf:Enrolment the silo makes its own.</summary>
    public string? AgentCertificate { get; set; }

    /// <summary>PEM key file of <see cref="AgentCertificate"/>, when the key is not in the same file.</summary>
    public string? AgentCertificateKey { get; set; }

    /// <summary>Where /metrics, /health/* and capture files are served (HTTP/1.1), "address:port". Loopback only.</summary>
    public string HttpListen { get; set; } = "127.0.0.1:7480";

    /// <summary>
    /// Address of this host at which other silos and portals reach <see cref="SiloPort"/> and <see cref="GatewayPort"/>. Anything but loopback needs
    /// <see cref="ClusterTls"/>. Default: 127.0.0.1.
    /// </summary>
    public string ClusterAddress { get; set; } = "127.0.0.1";

    /// <summary>Folder with cluster.crt, cluster.key and roots.crt (`fleetprof ca cluster`): silos and portals speak mutual TLS. Default: null, plain on loopback.</summary>
    public string? ClusterTls { get; set; }

    /// <summary>Where portals fetch capture files from <see cref="ClusterAddress"/> once <see cref="ClusterTls"/> is set; without it they use <see cref="HttpListen"/>. Default: 7481.</summary>
    public int FilesPort { get; set; } = 7481;

    public int SiloPort { get; set; } = 11111;

    public int GatewayPort { get; set; } = 30000;

    /// <summary>The analyzer's .dll or executable; null: FleetProf.Analyzer.dll beside the silo, or in its own build output.</summary>
    public string? AnalyzerPath { get; set; }

    /// <summary>
    /// File with the keys that encrypt stored recordings and snapshots, one of 32 bytes in base64 a line, the first for new ones; readable by this
    /// user only. Without it they are lost. Default: null, keys/artifact.key in <see cref="Artifacts"/> or else <see cref="DataFolder"/>, made at the first start.
    /// </summary>
    public string? ArtifactKey { get; set; }

    /// <summary>Of the console log: text or json. The file log is always JSON.</summary>
    public LogFormat LogFormat { get; set; }
}
