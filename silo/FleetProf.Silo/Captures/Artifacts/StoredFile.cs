namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>A file in the store: a row of table artifact_files.</summary>
internal sealed record StoredFile(string Name, string ContentType, long SizeBytes, string Sha256)
{
    /// <summary>The run of the analyzer whose result it is; null of originals, and of results of versions before there were runs. Lists of files leave it out.</summary>
    public string? Run { get; init; }
}
