namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>Whether there is room, and whether anything can be written at all.</summary>
internal sealed partial class ArtifactStore
{
    /// <summary>Bytes that can be stored now.</summary>
    public long FreeBytes() => shelf.FreeBytes;

    /// <summary>Free bytes of the volume that uploads arrive on.</summary>
    public long FreeUploadBytes() => uploadBytes();

    /// <summary>Free bytes of the volume that analyses work on.</summary>
    public long FreeWorkBytes() => workBytes();

    /// <summary>Drops copies of what lies elsewhere until so many bytes are free on this silo's own volume.</summary>
    public void DropCopies(long untilFreeBytes) => shelf.DropCopies(untilFreeBytes);

    /// <summary>
    /// After a write that failed: why no other would do better, as on a volume that is read-only or in a folder that was taken from this user. Null where a file can
    /// be made: then it was about one file alone.
    /// </summary>
    public StoreAwayException? FindAway()
    {
        try
        {
            // What a kill leaves of these goes like an abandoned upload, and is in no list of the shelf.
            MakeAndDrop(Path.Combine(uploads, $"probe.{Path.GetRandomFileName()}.part"));
            MakeAndDrop(shelf.PathForNew("probe"));
            return null;
        }
        catch (StoreAwayException away)
        {
            return away;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new StoreAwayException($"No file can be made in the store ({refused.Message.TrimEnd('.')}). Let the silo's user {Environment.UserName} write there again, and uploads go on.", refused);
        }
    }

    private static void MakeAndDrop(string path) =>
        new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
}
