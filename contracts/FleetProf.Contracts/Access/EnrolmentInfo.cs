namespace FleetProf.Contracts.Access;

/// <summary>How agents join this installation.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.enrolment-info")]
public sealed record EnrolmentInfo
{
    /// <summary>False: agents connect over loopback only, and none joins.</summary>
    [Id(0)] public bool IsOn { get; init; }

    /// <summary>Where hosts join.</summary>
    [Id(1)] public string JoinUrl { get; init; } = "";

    /// <summary>"sha256:" and the SHA-256 of the current root certificate, hex: what a host pins before it sends its token.</summary>
    [Id(2)] public string CaHash { get; init; } = "";

    /// <summary>Hashes of all roots that are trusted, the current one first.</summary>
    [Id(3)] public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>A root that agents learn to trust before it is used; null when none waits.</summary>
    [Id(4)] public string? NextRoot { get; init; }

    /// <summary>Not before then may <see cref="NextRoot"/> be used: by then every living agent has heard of it.</summary>
    [Id(5)] public DateTimeOffset? NextRootReadyAt { get; init; }
}
