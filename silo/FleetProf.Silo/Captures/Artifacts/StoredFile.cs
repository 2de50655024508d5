namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>A file in the store: a row of table artifact_files.</summary>
internal sealed record StoredFile(string Name, string ContentType, long SizeBytes, string Sha256);
