namespace FleetProf.Agent.Upload;

/// <summary>An artifact in the spool that the silo shall get. It is not tried beyond <paramref name="Deadline"/>.</summary>
internal sealed record OfferedArtifact(string CaptureId, uint Attempt, string Path, long SizeBytes, string Sha256, DateTimeOffset Deadline);
