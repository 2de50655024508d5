namespace FleetProf.Silo.Storage.Backups;

/// <summary>One file of a backup.</summary>
/// <param name="Path">In the backup's folder, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);
