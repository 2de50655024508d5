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
        PrivateFolder.Create(Temporary);
    }

    public string Path { get; }

    /// <summary>For result files.</summary>
    public string Output { get; }

    /// <summary>For everything else: working folder, home and temporary files.</summary>
    public string Temporary { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
