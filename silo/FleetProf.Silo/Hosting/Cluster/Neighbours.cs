using System.Net;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
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

    /// <summary>What silos of the version before say of any folder.</summary>
    private const string Folder = "a folder";

    private const string MarkedFolder = Folder + " with the mark ";
    private const string Wait = "One that was killed counts for 20 seconds more.";

    private string? markedFolder;

    /// <summary>
    /// Where this silo keeps files of captures, in words that are the same on each silo of one store: a folder may be mounted at several places, and a
    /// server have several addresses. It stands in the table of members.
    /// </summary>
    /// <exception cref="IOException">The folder can be neither read nor marked.</exception>
    public string Store => captures.Value is { Store: StoreKind.S3, S3: var bucket }
        ? $"the bucket {bucket.Bucket}/{bucket.Prefix}"
        : markedFolder ??= MarkedFolder + FolderMark.Make(FolderShelf.RootOf(options.Value));

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
        if (beside.FirstOrDefault(entry => IsElsewhere(StoreOf(entry))) is { } apart)
        {
            var settings = StoreOf(apart)!.StartsWith(Folder, StringComparison.Ordinal) && captures.Value.Store == StoreKind.Folder
                ? $"Set {SiloOptions.Section}:{nameof(SiloOptions.Artifacts)} of every silo to one shared folder, and see that it is mounted here and there."
                : $"Set {CaptureOptions.Section}:{nameof(CaptureOptions.Store)}, {S3Options.Section}:{nameof(S3Options.Bucket)} and {S3Options.Section}:{nameof(S3Options.Prefix)} of every silo alike.";
            return $"Another silo ({apart.SiloAddress.Endpoint} on {apart.HostName}) keeps files of captures in {StoreOf(apart)}, and this one in {Store}: each would look for files that only the other has. "
                + $"{settings} {Wait}";
        }

        return captures.Value.Store == StoreKind.Folder && options.Value.Artifacts is null && beside is [var other, ..]
            ? $"Another silo ({other.SiloAddress.Endpoint} on {other.HostName}) uses this database, and this one keeps its artifacts for itself. "
                + $"Set {SiloOptions.Section}:{nameof(SiloOptions.Artifacts)} of every silo to one shared folder, or {CaptureOptions.Section}:{nameof(CaptureOptions.Store)} to a bucket. {Wait}"
            : null;
    }

    /// <summary>What an entry has of <see cref="Store"/>, in the one member that Orleans carries and does not use. Silos of a version before have none.</summary>
    public static string? StoreOf(MembershipEntry entry) => entry.RoleName;

    /// <summary>The same in the two parts that are stored. Silos of the version before compare the first, which says of each folder what they say.</summary>
    public static (string Store, string Mark) PartsOf(MembershipEntry entry) =>
        StoreOf(entry) is { } store && store.StartsWith(MarkedFolder, StringComparison.Ordinal) ? (Folder, store[MarkedFolder.Length..]) : (StoreOf(entry) ?? "", "");

    /// <summary>The words again that were parted so.</summary>
    public static string OfParts(string store, string mark) => mark.Length > 0 ? MarkedFolder + mark : store;

    /// <summary>A folder whose mark nobody told may be this one.</summary>
    private bool IsElsewhere(string? store) =>
        !string.IsNullOrEmpty(store) && store != Store && !(store == Folder && captures.Value.Store == StoreKind.Folder);
}
