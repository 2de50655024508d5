namespace FleetProf.Cli.Up;

/// <summary>Where the other programs of the product are.</summary>
internal static class BuiltProgram
{
    /// <summary>NAME.dll beside the CLI or in a folder of its own there when published, in its own build output when built from source.</summary>
    /// <exception cref="CommandFailedException">It is in none of these places.</exception>
    public static string Find(string name)
    {
        var here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var configuration = Path.GetFileName(here);
        string[] places = [Path.Combine(here, $"{name}.dll"), Path.Combine(here, name, $"{name}.dll"), Path.Combine(here, "..", "..", name, configuration, $"{name}.dll")];
        return places.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new CommandFailedException(ExitCode.Usage, $"{name}.dll is missing.", "Build the solution: dotnet build FleetProf.sln");
    }

    /// <summary>The `dotnet` that this process runs on; the one of the PATH when it has none.</summary>
    public static string DotNet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var own = runtime is { Length: > 0 } ? Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name)) : "";
        return File.Exists(own) ? own : name;
    }
}
