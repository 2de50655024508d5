namespace FleetProf.Cli.Analyze;

/// <summary>Where the analyzer writes: a folder to keep, or a temporary one that goes away.</summary>
internal sealed class ResultFolder : IDisposable
{
    private ResultFolder(string path, bool isKept) => (Path, IsKept) = (path, isKept);

    public string Path { get; }

    public bool IsKept { get; }

    public static ResultFolder Open(string? keep) => keep is null
        ? new(Directory.CreateTempSubdirectory("fleetprof-analyze-").FullName, isKept: false)
        : new(Directory.CreateDirectory(System.IO.Path.GetFullPath(keep)).FullName, isKept: true);

    public void Dispose()
    {
        if (!IsKept)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
