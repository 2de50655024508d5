namespace FleetProf.Faults.Fleet;

/// <summary>Links to dotnet, so that programs which run by them go by other names.</summary>
internal static class HostNames
{
    /// <summary>A link of this name in the folder; it is made when it is not there yet.</summary>
    public static string LinkIn(string folder, string name)
    {
        var link = Path.Combine(folder, name);
        if (!File.Exists(link))
        {
            Directory.CreateDirectory(folder);
            File.CreateSymbolicLink(link, Dotnet());
        }

        return link;
    }

    private static string Dotnet()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "dotnet")).FirstOrDefault(File.Exists);
        return found ?? throw new InvalidOperationException("There is no dotnet in PATH.");
    }
}
