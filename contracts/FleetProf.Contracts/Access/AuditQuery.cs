namespace FleetProf.Contracts.Access;

/// <summary>Which rows of the audit log. Null fields do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.audit-query")]
public sealed record AuditQuery
{
    [Id(0)] public string? Actor { get; init; }

    /// <summary>An action, or the beginning of one; led by ! all others.</summary>
    [Id(1)] public string? Action { get; init; }

    [Id(2)] public AuditDecision? Decision { get; init; }

    [Id(3)] public DateTimeOffset? From { get; init; }

    [Id(4)] public DateTimeOffset? To { get; init; }

    /// <summary>Newest first: rows before this one. Oldest first: rows after it.</summary>
    [Id(5)] public long? Cursor { get; init; }

    [Id(6)] public bool OldestFirst { get; init; }

    /// <summary>1 to 1,000.</summary>
    [Id(7)] public int Limit { get; init; } = 100;
}
