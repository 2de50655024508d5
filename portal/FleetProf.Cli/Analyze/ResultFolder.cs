using System.Text.Json;
using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Analyze;

/// <summary>Where the analyzer writes: a new folder each time, so that nothing of another file is in it. Its files go on to the folder that was named, or away with it.</summary>
internal sealed class ResultFolder : IDisposable
{
    private const string Summary = "summary.json";

    private readonly string? _kept;

    private ResultFolder(string path, string? kept) => (Path, _kept) = (path, kept);

    /// <summary>Of this run alone; gone when this is disposed.</summary>
    public string Path { get; }

    /// <param name="keep">Where the files are to be kept at last; null: nowhere.</param>
    public static ResultFolder Open(string? keep)
    {
        if (keep is null)
        {
            return new(Directory.CreateTempSubdirectory("fleetprof-analyze-").FullName, null);
        }

        var kept = Directory.CreateDirectory(CliContext.FullPathOf(keep, "--to")).FullName;
        // Below it: what is on the same file system is moved without being copied.
        return new(Directory.CreateDirectory(System.IO.Path.Combine(kept, $".fleetprof-analyze-{Guid.NewGuid():N}")).FullName, kept);
    }

    /// <summary>Moves the files to the folder that was named, where they replace all those of an earlier run; other files there stay. Does nothing where none was named.</summary>
    /// <param name="console">Told where they are.</param>
    /// <param name="inputs">Full paths of what was analysed: a result of an earlier run among them stays.</param>
    public void Keep(CliConsole console, params string[] inputs)
    {
        if (_kept is null)
        {
            return;
        }

        foreach (var old in FilesOf(_kept).Except(inputs))
        {
            File.Delete(old);
        }

        foreach (var file in Directory.GetFiles(Path))
        {
            File.Move(file, System.IO.Path.Combine(_kept, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        console.Note($"All result files are in {_kept}");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>The result files of an earlier run, by its own summary; none where that is another program's.</summary>
    private static IEnumerable<string> FilesOf(string folder)
    {
        var summary = System.IO.Path.Combine(folder, Summary);
        try
        {
            return File.Exists(summary) && JsonSerializer.Deserialize<Listing>(File.ReadAllText(summary), CliJson.Options) is { Kind: not null, Files: { } files, OmittedFiles: not null }
                ? files.OfType<string>().Where(name => name == System.IO.Path.GetFileName(name)).Select(name => System.IO.Path.Combine(folder, name)).Where(File.Exists)
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private sealed record Listing(string? Kind, IReadOnlyList<string?>? Files, IReadOnlyList<string?>? OmittedFiles);
}
