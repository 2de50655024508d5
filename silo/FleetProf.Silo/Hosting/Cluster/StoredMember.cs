namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>An entry of the cluster's table as JSON. Members that a later version adds are left out when this version writes.</summary>
internal sealed record StoredMember
{
    public required string Silo { get; init; }

    public required SiloStatus Status { get; init; }

    public int GatewayPort { get; init; }

    public string HostName { get; init; } = "";

    public string SiloName { get; init; } = "";

    public DateTime StartedAt { get; init; }

    /// <summary>As <see cref="Neighbours.Store"/> names it, without the mark of a folder.</summary>
    public string Store { get; init; } = "";

    /// <summary>Of a folder. Empty of a bucket, and where a silo of the version before wrote last.</summary>
    public string Mark { get; init; } = "";

    public IReadOnlyList<Suspicion> Suspicions { get; init; } = [];

    public static StoredMember Of(MembershipEntry entry) => new()
    {
        Silo = entry.SiloAddress.ToParsableString(),
        Status = entry.Status,
        GatewayPort = entry.ProxyPort,
        HostName = entry.HostName ?? "",
        SiloName = entry.SiloName ?? "",
        StartedAt = entry.StartTime,
        Store = Neighbours.PartsOf(entry).Store,
        Mark = Neighbours.PartsOf(entry).Mark,
        Suspicions = [.. (entry.SuspectTimes ?? []).Select(vote => new Suspicion(vote.Item1.ToParsableString(), vote.Item2))],
    };

    public MembershipEntry ToEntry() => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Silo),
        Status = Status,
        ProxyPort = GatewayPort,
        HostName = HostName,
        SiloName = SiloName,
        StartTime = StartedAt,
        RoleName = Neighbours.OfParts(Store, Mark),
        SuspectTimes = [.. Suspicions.Select(vote => Tuple.Create(SiloAddress.FromParsableString(vote.By), vote.At))],
    };

    /// <summary>A vote that the silo is dead.</summary>
    internal sealed record Suspicion(string By, DateTime At);
}
