using System.Buffers;
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
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var count = LinuxFile.Read($"/proc/{pid}/maps", buffer.AsSpan(0, MaxBytes), out _);
            return count < 0 ? new ProcessMaps(null, false) : new ProcessMaps(Find(buffer.AsSpan(0, count)), true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The path on the first line that maps a file named libcoreclr.so; null when there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> maps)
    {
        var at = maps.IndexOf("/libcoreclr.so"u8);
        if (at < 0) return null;
        var lineStart = maps[..at].LastIndexOf((byte)'\n') + 1;
        var line = maps[lineStart..];
        var lineEnd = line.IndexOf((byte)'\n');
        if (lineEnd >= 0) line = line[..lineEnd];
        var path = line.IndexOf((byte)'/');
        var text = Encoding.UTF8.GetString(line[path..]);
        const string Deleted = " (deleted)";
        if (text.EndsWith(Deleted, StringComparison.Ordinal)) text = text[..^Deleted.Length];
        return text.EndsWith("/libcoreclr.so", StringComparison.Ordinal) ? text : null;
    }
}
