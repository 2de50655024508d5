using System.Buffers.Binary;
using System.Text;
using FleetProf.Agent.Discovery;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Which Go release built an executable: the section .go.buildinfo, which stripped programs have too. From Go 1.18 on the version stands
/// in it; older ones only point to it, and are not read. Source: package debug/buildinfo.
/// </summary>
internal static class GoBuildInfo
{
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;
    private const int MostSections = 4_096;
    private const byte InlineStrings = 2;

    /// <summary>"go1.19.8"; null when the file is no 64-bit little-endian ELF file of Go 1.18 or newer, or cannot be read.</summary>
    public static string? ReadVersion(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            return ReadVersion(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static string? ReadVersion(Stream file)
    {
        ReadOnlySpan<byte> elf64LittleEndian = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (Bytes(file, 0, HeaderBytes) is not { } header || !header.AsSpan().StartsWith(elf64LittleEndian)) return null;
        var start = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        var (size, count, names) = (Number(header, 58), Number(header, 60), Number(header, 62));
        if (size != SectionBytes || count is 0 or > MostSections || names >= count || Bytes(file, start, count * SectionBytes) is not { } sections) return null;
        if (Content(file, sections, names, 1 << 20) is not { } nameTable) return null;
        for (var i = 0; i < count; i++)
        {
            var at = BinaryPrimitives.ReadUInt32LittleEndian(sections.AsSpan(i * SectionBytes));
            if (at < nameTable.Length && nameTable.AsSpan((int)at).StartsWith(".go.buildinfo\0"u8)) return Content(file, sections, i, 4_096) is { } content ? Version(content) : null;
        }
        return null;
    }

    // A magic, the pointers' size, flags; at 32 the version with its length in front.
    private static string? Version(ReadOnlySpan<byte> content)
    {
        const int Start = 32;
        ReadOnlySpan<byte> magic = [0xFF, .. " Go buildinf:"u8];
        if (content.Length <= Start || !content.StartsWith(magic) || (content[15] & InlineStrings) == 0) return null;
        var length = content[Start];
        if (length is 0 or > 100 || content.Length < Start + 1 + length) return null;
        // "go1.22.1 X:experiments"
        var text = CleanText.Of(Encoding.UTF8.GetString(content.Slice(Start + 1, length))).Split(' ')[0];
        return text.StartsWith("go", StringComparison.Ordinal) ? text : null;
    }

    private static byte[]? Content(Stream file, byte[] sections, int index, int most)
    {
        var section = sections.AsSpan(index * SectionBytes, SectionBytes);
        var (offset, size) = (BinaryPrimitives.ReadInt64LittleEndian(section[24..]), BinaryPrimitives.ReadInt64LittleEndian(section[32..]));
        return size <= 0 ? null : Bytes(file, offset, (int)Math.Min(size, most));
    }

    private static byte[]? Bytes(Stream file, long offset, int count)
    {
        if (offset < 0 || offset > file.Length - count) return null;
        file.Position = offset;
        var bytes = new byte[count];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static int Number(byte[] header, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(offset));
}
