using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Artifacts.S3;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Storage.Postgres;

namespace FleetProf.Silo.Storage.Backups;

/// <summary>Where a silo of some settings keeps what must not be lost.</summary>
internal sealed class SiloPlaces
{
    private readonly CaptureOptions captures;

    private SiloPlaces(SiloOptions silo, EnrolmentOptions enrolment, CaptureOptions captures)
    {
        (Silo, this.captures) = (silo, captures);
        Authority = Path.GetFullPath(AuthorityFolder.Of(enrolment, silo).Path);
        KeyFile = Path.GetFullPath(silo.ArtifactKey ?? Path.Combine(silo.Artifacts ?? silo.DataFolder, "keys", "artifact.key"));
    }

    public SiloOptions Silo { get; }

    public string Authority { get; }

    public string KeyFile { get; }

    /// <summary>Of a silo without PostgreSQL.</summary>
    public string CatalogFile => Path.Combine(Silo.DataFolder, "catalog.db");

    /// <summary>Whether there is a shelf at all: to open that of a folder makes the folder. A bucket is known once it answers.</summary>
    public bool HasArtifacts => captures.Store == StoreKind.S3 || Directory.Exists(ArtifactsFolder);

    /// <summary>How messages call the shelf.</summary>
    public string ArtifactsName => captures.Store == StoreKind.S3 ? $"the bucket {captures.S3.Bucket}" : ArtifactsFolder;

    private string ArtifactsFolder => FolderShelf.RootOf(Silo);

    /// <exception cref="IOException">The settings cannot be used.</exception>
    public static SiloPlaces Of(IConfiguration configuration)
    {
        var silo = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();
        var captures = configuration.GetSection(CaptureOptions.Section).Get<CaptureOptions>() ?? new CaptureOptions();
        return (DatabaseOption.ProblemOf(silo) ?? (captures.Store == StoreKind.S3 ? captures.S3.Problems().FirstOrDefault() : null)) is { } problem
            ? throw new IOException(problem)
            : new SiloPlaces(silo, configuration.GetSection(EnrolmentOptions.Section).Get<EnrolmentOptions>() ?? new EnrolmentOptions(), captures);
    }

    /// <param name="scratch">A folder that nobody else uses: a silo may be at work in its own.</param>
    public IArtifactShelf OpenShelf(string scratch) =>
        captures.Store == StoreKind.S3 ? new S3Shelf(captures.S3, scratch) : new FolderShelf(ArtifactsFolder, marks: false);
}
