using System.Runtime.InteropServices;

namespace FleetProf.Cli.Up;

/// <summary>Where the other programs of the product are.</summary>
internal static class BuiltProgram
{
    /// <summary>
    /// The words that start it: NAME beside the CLI or in a folder of its own there when published as one file, else `dotnet` and NAME.dll from
    /// these places or from its own build output.
    /// </summary>
    /// <exception cref="CommandFailedException">It is in none of these places.</exception>
    public static string[] Command(string name) => Command(name, AppContext.BaseDirectory);

    internal static string[] Command(string name, string folder)
    {
        var here = folder.TrimEnd(Path.DirectorySeparatorChar);
        var configuration = Path.GetFileName(here);
        var places = new[] { here, Path.Combine(here, name), Path.Combine(here, "..", "..", name, configuration) }.Select(Path.GetFullPath).ToArray();
        // An executable beside its dll needs the same runtime as the dll, and only the CLI knows where that is.
        return places.Select(place => Path.Combine(place, $"{name}.dll")).FirstOrDefault(File.Exists) is { } dll ? [DotNet(), dll]
            : places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists) is { } file ? [file]
            : throw new CommandFailedException(ExitCode.Usage, $"{name} is missing.", "It belongs beside this program. From source: dotnet build FleetProf.sln");
    }

    /// <summary>The `dotnet` that this process runs on; the one of the PATH when it has none.</summary>
    private static string DotNet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var runtime = RuntimeEnvironment.GetRuntimeDirectory().TrimEnd(Path.DirectorySeparatorChar);
        var own = runtime is { Length: > 0 } ? Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name)) : "";
        return File.Exists(own) ? own : name;
    }
}
