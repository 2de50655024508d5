namespace FleetProf.Contracts.Access;

/// <summary>
/// Who stands behind a grain call, sent beside it by the portal. What the caller may do is not in it: the silo looks that up by the credential,
/// on every call.
/// </summary>
[GenerateSerializer, Immutable, Alias("fleetprof.caller")]
public sealed record Caller
{
    /// <summary>Its key in Orleans' RequestContext.</summary>
    public const string Key = "fleetprof.caller";

    /// <summary>The portal's own work: it reads for all its pages together, and looks at each page's grants itself. It may not act.</summary>
    public const string PortalCredential = "portal";

    public static readonly Caller Portal = new() { CredentialId = PortalCredential, Name = "portal" };

    /// <summary>Of a session or an API token.</summary>
    [Id(0)] public required string CredentialId { get; init; }

    /// <summary>For people.</summary>
    [Id(1)] public string Name { get; init; } = "";

    /// <summary>Address of the browser or program.</summary>
    [Id(2)] public string Address { get; init; } = "";

    /// <summary>Trace id of the request.</summary>
    [Id(3)] public string CorrelationId { get; init; } = "";
}
