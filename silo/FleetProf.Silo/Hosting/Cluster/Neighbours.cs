using System.Net;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>
/// Looks at the other silos of the database before this one joins them. Silos with their default settings on two hosts would have one address,
/// and drive each other out for ever; silos without a common folder would look for files that only the other one has.
/// </summary>
internal sealed class Neighbours(IOptions<SiloOptions> options, ILocalSiloDetails local, TimeProvider clock)
{
    /// <summary>Silos give a sign of life four times as often.</summary>
    public static readonly TimeSpan Silent = TimeSpan.FromSeconds(20);

    private const string Wait = "One that was killed counts for 20 seconds more.";

    /// <summary>With the next step; null when this silo can join.</summary>
    public string? ProblemWith(IEnumerable<MembershipEntry> living)
    {
        var mine = local.SiloAddress.Endpoint;
        var others = living.Where(entry => clock.GetUtcNow().UtcDateTime - entry.IAmAliveTime < Silent).ToList();
        var elsewhere = others.Where(entry => entry.HostName != local.DnsHostName).ToList();
        if (elsewhere.FirstOrDefault(entry => IPAddress.IsLoopback(entry.SiloAddress.Endpoint.Address) || IPAddress.IsLoopback(mine.Address)) is { } far)
        {
            return $"A silo on {far.HostName} ({far.SiloAddress.Endpoint}) uses this database, and one of both listens on loopback alone. "
                + $"Set {SiloOptions.Section}:{nameof(SiloOptions.ClusterAddress)} and {nameof(SiloOptions.ClusterTls)} of every silo, or give each a database of its own. {Wait}";
        }

        return options.Value.Artifacts is null && others.FirstOrDefault(entry => !entry.SiloAddress.Endpoint.Equals(mine)) is { } other
            ? $"Another silo ({other.SiloAddress.Endpoint} on {other.HostName}) uses this database, and this one keeps its artifacts for itself. "
                + $"Set {SiloOptions.Section}:{nameof(SiloOptions.Artifacts)} of every silo to one shared folder. {Wait}"
            : null;
    }
}
