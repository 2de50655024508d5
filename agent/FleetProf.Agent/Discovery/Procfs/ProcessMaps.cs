using System.Text;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>Whether and from where a process has loaded the .NET runtime, by its memory map.</summary>
/// <param name="RuntimePath">Path of libcoreclr.so as the process sees it; null when it is not mapped.</param>
/// <param name="IsReadable">False when the operating system refuses to show the map.</param>
internal readonly record struct ProcessMaps(string? RuntimePath, bool IsReadable)
{
    private const int MaxBytes = 4 << 20;

    public static ProcessMaps Read(int pid)
    {
        string? runtime = null;
        var isReadable = LinuxFile.ReadRecords($"/proc/{pid}/maps", (byte)'\n', MaxBytes, line => (runtime = Find(line)) is null);
        return new ProcessMaps(runtime, isReadable);
    }

    /// <summary>The path, when the line maps a file named libcoreclr.so; null otherwise.</summary>
    public static string? Find(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("/libcoreclr.so"u8) < 0) return null;
        var path = line.IndexOf((byte)'/');
        var text = Encoding.UTF8.GetString(line[path..]);
        const string Deleted = " (deleted)";
        if (text.EndsWith(Deleted, StringComparison.Ordinal)) text = text[..^Deleted.Length];
        return text.EndsWith("/libcoreclr.so", StringComparison.Ordinal) ? text : null;
    }
}
