using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>Which service a process is, by what its operator set, else by its entry assembly.</summary>
internal sealed record ServiceIdentity
{
    private static readonly (string Attribute, string Label)[] LabelSources =
    [
        ("service.namespace", "service.namespace"), ("k8s.namespace.name", "k8s.namespace.name"), ("k8s.deployment.name", "k8s.deployment.name"),
        ("cloud.region", "cloud.region"), ("cloud.availability_zone", "cloud.availability_zone"),
    ];

    public required string Service { get; init; }

    /// <summary>Empty when neither a variable nor the entry assembly says one.</summary>
    public string Version { get; init; } = "";

    public string ServiceInstance { get; init; } = "";

    public string Environment { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Order: FLEETPROF_*, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, entry assembly.</summary>
    /// <param name="environment">The named variables.</param>
    /// <param name="attributes">Those of OTEL_RESOURCE_ATTRIBUTES.</param>
    /// <param name="entryAssembly">Name of the entry assembly.</param>
    /// <param name="readVersion">Informational version of the entry assembly; asked only when nothing else says a version.</param>
    public static ServiceIdentity Resolve(ProcessEnvironment environment, ResourceAttributes attributes, string entryAssembly, Func<string?> readVersion) => new()
    {
        Service = First(environment["FLEETPROF_SERVICE"], environment["OTEL_SERVICE_NAME"], attributes["service.name"], entryAssembly, "unknown"),
        Version = First(environment["FLEETPROF_VERSION"], attributes["service.version"]) is { Length: > 0 } version ? version : CleanText.Of(readVersion()),
        ServiceInstance = attributes["service.instance.id"] ?? "",
        Environment = attributes["deployment.environment.name"] ?? attributes["deployment.environment"] ?? "",
        Labels = LabelSources.Where(source => attributes[source.Attribute] is not null).ToDictionary(source => source.Label, source => attributes[source.Attribute]!),
    };

    private static string First(params string?[] candidates) => candidates.Select(candidate => CleanText.Of(candidate)).FirstOrDefault(candidate => candidate.Length > 0, "");
}
