using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>
/// A program that carries its assemblies and its runtime configuration inside its own file. It is the target's file: looked into as data, bounded.
/// Source: .NET's single-file bundle format (header versions 2 and 6: .NET 5 and newer).
/// </summary>
internal sealed class SingleFileBundle
{
    /// <summary>The hosts with the runtime inside have some 15 MB; the mark is in their data, before anything that was added.</summary>
    private const int MaxHostBytes = 64 << 20;
    private const int MaxFileBytes = 16 << 20;
    private const int MaxFiles = 20_000;
    private const int MaxNameBytes = 1024;
    private const int OldestHeader = 2;
    private const int CompressionSince = 6;

    private static readonly byte[] Mark = SHA256.HashData(".net core bundle\n"u8);

    private readonly Stream program;
    private readonly Place configuration;
    private readonly Dictionary<string, Place> files = new(StringComparer.OrdinalIgnoreCase);

    private SingleFileBundle(Stream program, Place configuration) => (this.program, this.configuration) = (program, configuration);

    /// <summary>Null when the program is not of this kind, or cannot be understood.</summary>
    /// <param name="program">The executable; it must outlive this object.</param>
    public static SingleFileBundle? Open(Stream program)
    {
        try
        {
            return FindHeader(program) is > 0 and var header && header < program.Length ? Read(program, header) : null;
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return null;
        }
    }

    /// <summary>Its PROGRAM.runtimeconfig.json; null when it has none.</summary>
    public string? ReadRuntimeConfiguration() => ReadFile(configuration) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>A file of at most 16 MB; null when there is no such one.</summary>
    public byte[]? ReadFile(string name) => files.TryGetValue(name, out var place) ? ReadFile(place) : null;

    private byte[]? ReadFile(Place place)
    {
        try
        {
            if (place.Offset <= 0 || place.Size is <= 0 or > MaxFileBytes || place.Stored is < 0 or > MaxFileBytes || place.Offset > program.Length - Math.Max(1, place.Stored)) return null;
            program.Position = place.Offset;
            var bytes = new byte[place.Size];
            if (place.Stored == 0)
            {
                program.ReadExactly(bytes);
                return bytes;
            }
            using var inflated = new DeflateStream(program, CompressionMode.Decompress, leaveOpen: true);
            inflated.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return null;
        }
    }

    private static SingleFileBundle? Read(Stream program, long header)
    {
        program.Position = header;
        using var reader = new BinaryReader(program, Encoding.UTF8, leaveOpen: true);
        var major = reader.ReadUInt32();
        reader.ReadUInt32();
        var count = reader.ReadInt32();
        if (major is < OldestHeader or > CompressionSince || count is < 0 or > MaxFiles) return null;
        // The bundle's id, and where the file of dependencies is.
        if (ReadName(reader) is null) return null;
        reader.ReadInt64();
        reader.ReadInt64();
        var bundle = new SingleFileBundle(program, new Place(reader.ReadInt64(), reader.ReadInt64(), 0));
        reader.ReadUInt64();
        for (var i = 0; i < count; i++)
        {
            var (offset, size) = (reader.ReadInt64(), reader.ReadInt64());
            var stored = major >= CompressionSince ? reader.ReadInt64() : 0;
            reader.ReadByte();
            if (ReadName(reader) is not { } name) return null;
            bundle.files.TryAdd(name, new Place(offset, size, stored));
        }
        return bundle;
    }

    private static string? ReadName(BinaryReader reader) =>
        reader.Read7BitEncodedInt() is >= 0 and <= MaxNameBytes and var length && reader.ReadBytes(length) is { } bytes && bytes.Length == length ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>What the eight bytes before the mark say; 0 in a program without files inside, null without the mark.</summary>
    private static long? FindHeader(Stream program)
    {
        var buffer = new byte[256 * 1024];
        var overlap = sizeof(long) + Mark.Length - 1;
        for (var (kept, read) = (0, 0); read < MaxHostBytes;)
        {
            var count = program.Read(buffer, kept, buffer.Length - kept);
            if (count == 0) return null;
            read += count;
            var filled = buffer.AsSpan(0, kept + count);
            if (filled.IndexOf(Mark) is >= sizeof(long) and var at) return BitConverter.ToInt64(filled[(at - sizeof(long))..]);
            kept = Math.Min(overlap, filled.Length);
            filled[^kept..].CopyTo(buffer);
        }
        return null;
    }

    private static bool IsUnreadable(Exception error) => error is IOException or InvalidDataException or FormatException or ArgumentException or UnauthorizedAccessException;

    /// <param name="Offset">Of its first byte in the program.</param>
    /// <param name="Size">Bytes.</param>
    /// <param name="Stored">Bytes that it takes compressed; 0 when it is not.</param>
    private readonly record struct Place(long Offset, long Size, long Stored);
}
