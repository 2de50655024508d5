namespace FleetProf.Agent.Upload;

/// <summary>An artifact in the spool that the silo shall get. It is given up when a silo has answered for as long as <paramref name="Patience"/> and has not taken it.</summary>
internal sealed record OfferedArtifact(string CaptureId, uint Attempt, string Path, long SizeBytes, string Sha256, TimeSpan Patience);
