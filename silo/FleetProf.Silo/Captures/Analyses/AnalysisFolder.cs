using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Where one run of the analyzer may write. Removed when disposed.</summary>
internal sealed class AnalysisFolder : IDisposable
{
    public AnalysisFolder(string path)
    {
        Path = path;
        Output = System.IO.Path.Combine(path, "out");
        Temporary = System.IO.Path.Combine(path, "tmp");
        PrivateFolder.Create(Output);
        Root = System.IO.Path.Combine(path, "root");
        PrivateFolder.Create(Temporary);
        PrivateFolder.Create(Root);
    }

    public string Path { get; }

    /// <summary>For result files.</summary>
    public string Output { get; }

    /// <summary>For everything else: working folder, home and temporary files.</summary>
    public string Temporary { get; }

    /// <summary>Where the analyzer's own root folder is built; stays empty as the silo sees it.</summary>
    public string Root { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
