namespace FleetProf.Contracts.Access;

/// <summary>A role and the services that it holds for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.grants")]
public sealed record Grants
{
    /// <summary>Stands for every service.</summary>
    public const string AllServices = "*";

    public static readonly Grants None = new();

    public static readonly Grants Everything = new() { Role = Role.Admin, Services = [AllServices] };

    [Id(0)] public Role Role { get; init; }

    /// <summary>Exact names, beginnings of names followed by "*", or "*" alone. Empty: no service.</summary>
    [Id(1)] public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Not limited to services.</summary>
    public bool CoversAll => Services.Contains(AllServices);

    /// <summary>Whether the role holds the permission; for one that is never limited to services, also whether the grants are not.</summary>
    public bool Allows(Permission permission) => LeastRole(permission) is not Role.None and var least && Role >= least && (!IsOfAll(permission) || CoversAll);

    /// <summary>The first role that holds a permission; none for what is no permission.</summary>
    public static Role LeastRole(Permission permission) => permission switch
    {
        Permission.See => Role.Viewer,
        Permission.CaptureTrace or Permission.CaptureGcdump or Permission.DownloadRaw or Permission.EditPolicy => Role.Operator,
        Permission.ApproveAgents or Permission.KillSwitch or Permission.Audit or Permission.ManageAccess => Role.Admin,
        _ => Role.None,
    };

    /// <summary>It concerns the whole installation, and is never limited to services.</summary>
    public static bool IsOfAll(Permission permission) => LeastRole(permission) == Role.Admin;

    /// <summary>Whether they hold for a service.</summary>
    public bool Covers(string service) => Services.Any(pattern =>
        pattern == service || (pattern.EndsWith('*') && service.StartsWith(pattern[..^1], StringComparison.Ordinal)));

    /// <summary>Whether whoever has these may give those away: nobody gives more than they have.</summary>
    public bool Include(Grants other) => other.Role <= Role && other.Services.All(Holds);

    private bool Holds(string pattern) => Services.Any(own =>
        own == pattern || (own.EndsWith('*') && pattern.TrimEnd('*').StartsWith(own[..^1], StringComparison.Ordinal)));
}
