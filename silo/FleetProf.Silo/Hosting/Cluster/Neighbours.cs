using System.Net;
using FleetProf.Silo.Captures;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting.Cluster;

/// <summary>
/// Looks at the other silos of the database before this one joins them. Silos with their default settings on two hosts would have one address,
/// and drive each other out for ever; silos without a common folder or bucket would look for files that only the other one has.
/// </summary>
internal sealed class Neighbours(IOptions<SiloOptions> options, IOptions<CaptureOptions> captures, ILocalSiloDetails local, TimeProvider clock)
{
    /// <summary>Silos give a sign of life four times as often.</summary>
    public static readonly TimeSpan Silent = TimeSpan.FromSeconds(20);

    private const string Wait = "One that was killed counts for 20 seconds more.";

    /// <summary>
    /// Where this silo keeps files of captures, in words that are the same on each silo of one store: a folder may be mounted at several places, and a
    /// server have several addresses. It stands in the table of members.
    /// </summary>
    public string Store => captures.Value is { Store: StoreKind.S3, S3: var bucket } ? $"the bucket {bucket.Bucket}/{bucket.Prefix}" : "a folder";

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

        var beside = others.Where(entry => !entry.SiloAddress.Endpoint.Equals(mine)).ToList();
        if (beside.FirstOrDefault(entry => !string.IsNullOrEmpty(StoreOf(entry)) && StoreOf(entry) != Store) is { } apart)
        {
            return $"Another silo ({apart.SiloAddress.Endpoint} on {apart.HostName}) keeps files of captures in {StoreOf(apart)}, and this one in {Store}: each would look for files that only the other has. "
                + $"Set {CaptureOptions.Section}:{nameof(CaptureOptions.Store)}, {S3Options.Section}:{nameof(S3Options.Bucket)} and {S3Options.Section}:{nameof(S3Options.Prefix)} of every silo alike. {Wait}";
        }

        return captures.Value.Store == StoreKind.Folder && options.Value.Artifacts is null && beside is [var other, ..]
            ? $"Another silo ({other.SiloAddress.Endpoint} on {other.HostName}) uses this database, and this one keeps its artifacts for itself. "
                + $"Set {SiloOptions.Section}:{nameof(SiloOptions.Artifacts)} of every silo to one shared folder, or {CaptureOptions.Section}:{nameof(CaptureOptions.Store)} to a bucket. {Wait}"
            : null;
    }

    /// <summary>What an entry has of <see cref="Store"/>, in the one member that Orleans carries and does not use. Silos of a version before have none.</summary>
    public static string? StoreOf(MembershipEntry entry) => entry.RoleName;
}
