namespace FleetProf.Silo.Captures;

/// <summary>Where stored files of captures lie.</summary>
public enum StoreKind
{
    /// <summary>In FleetProf:Silo:Artifacts, or else in the data folder.</summary>
    Folder = 0,

    /// <summary>In a bucket of an S3-compatible server, see <see cref="S3Options"/>.</summary>
    S3 = 1,
}
