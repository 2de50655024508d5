using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Control;

/// <summary>
/// A run of records with consecutive sequence numbers, in a file or, where the disk takes none, in memory.
/// A record: length of the content, CRC-32C of all that follows, sequence, number of windows, content. Not thread-safe, except
/// <see cref="Flush"/>.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    private const int HeaderBytes = 20;

    /// <summary>What a silo takes at once, 4 MiB, with what is around it: what an earlier agent kept beyond that would be refused for ever.</summary>
    private const int MaxContentBytes = (4 << 20) - 1024;

    private const string Extension = ".vitals";
    private readonly string? path;
    private readonly SafeFileHandle? file;
    private readonly MemoryStream? memory;
    private readonly List<(int Offset, int Windows)> records = [];

    private SpoolSegment(ulong first, string? path, SafeFileHandle? file) =>
        (FirstSequence, this.path, this.file, memory) = (first, path, file, file is null ? new MemoryStream() : null);

    public ulong FirstSequence { get; }

    /// <summary>One past the last record.</summary>
    public ulong NextSequence => FirstSequence + (ulong)records.Count;

    public int Bytes { get; private set; }

    public bool IsInMemory => file is null;

    public static SpoolSegment Create(string folder, ulong first)
    {
        var path = Path.Combine(folder, first.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + Extension);
        var segment = new SpoolSegment(first, path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read));
        Discovery.Procfs.LinuxFile.FlushFolder(folder);
        return segment;
    }

    public static SpoolSegment CreateInMemory(ulong first) => new(first, null, null);

    /// <summary>The segments that an earlier agent left, in order. What a crash cut off or a disk spoiled is cut away from where it begins.</summary>
    /// <param name="folder">Holds them.</param>
    /// <param name="onCut">Is told how many bytes of which file were cut away.</param>
    public static List<SpoolSegment> OpenAll(string folder, Action<long, string> onCut)
    {
        var segments = new List<SpoolSegment>();
        foreach (var path in Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (!ulong.TryParse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture, out var first)) continue;
            var segment = new SpoolSegment(first, path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read));
            if (segment.Recover() is > 0 and var bytes) onCut(bytes, path);
            segments.Add(segment);
        }
        return segments;
    }

    /// <exception cref="IOException">The disk does not take it; the segment is as before.</exception>
    public void Append(ReadOnlySpan<byte> content, int windows)
    {
        var record = new byte[HeaderBytes + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), NextSequence);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), windows);
        content.CopyTo(record.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Checksum(record.AsSpan(8)));
        try
        {
            if (memory is not null) memory.Write(record);
            else RandomAccess.Write(file!, record, Bytes);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(file!, Bytes);
            throw;
        }
        records.Add((Bytes, windows));
        Bytes += record.Length;
    }

    /// <summary>Null when the record cannot be read back whole.</summary>
    public byte[]? Read(ulong sequence)
    {
        var offset = records[(int)(sequence - FirstSequence)].Offset;
        var header = new byte[HeaderBytes];
        return ReadAt(offset, header) && TryReadContent(offset, header, sequence, out var content) ? content : null;
    }

    /// <summary>Windows in the records from <paramref name="sequence"/> on.</summary>
    public int WindowsFrom(ulong sequence) => records.Skip(sequence <= FirstSequence ? 0 : (int)Math.Min(sequence - FirstSequence, (ulong)records.Count)).Sum(record => record.Windows);

    /// <summary>Takes note that a record cannot be read back, and returns how many windows it had; 0 when that is known already.</summary>
    public int GiveUp(ulong sequence)
    {
        var index = (int)(sequence - FirstSequence);
        var (offset, windows) = records[index];
        records[index] = (offset, 0);
        return windows;
    }

    /// <summary>fsync; may run beside <see cref="Append"/>.</summary>
    public void Flush()
    {
        if (file is { IsClosed: false }) RandomAccess.FlushToDisk(file);
    }

    public void Delete()
    {
        Dispose();
        if (path is not null) File.Delete(path);
    }

    public void Dispose()
    {
        file?.Dispose();
        memory?.Dispose();
    }

    /// <summary>Returns how many bytes were cut away.</summary>
    private long Recover()
    {
        var length = RandomAccess.GetLength(file!);
        var header = new byte[HeaderBytes];
        while (ReadAt(Bytes, header) && TryReadContent(Bytes, header, NextSequence, out var content))
        {
            records.Add((Bytes, BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16))));
            Bytes += HeaderBytes + content.Length;
        }
        if (Bytes >= length) return 0;
        RandomAccess.SetLength(file!, Bytes);
        return length - Bytes;
    }

    private bool TryReadContent(int offset, byte[] header, ulong sequence, out byte[] content)
    {
        content = [];
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 0 or > MaxContentBytes || BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8)) != sequence) return false;
        var rest = new byte[HeaderBytes - 8 + length];
        header.AsSpan(8).CopyTo(rest);
        if (!ReadAt(offset + HeaderBytes, rest.AsSpan(HeaderBytes - 8)) || Checksum(rest) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4))) return false;
        content = rest[(HeaderBytes - 8)..];
        return true;
    }

    private bool ReadAt(long offset, Span<byte> buffer)
    {
        if (memory is not null)
        {
            memory.GetBuffer().AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return true;
        }
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = RandomAccess.Read(file!, buffer, offset);
                if (count == 0) return false;
                buffer = buffer[count..];
                offset += count;
            }
        }
        catch (IOException)
        {
            // A sector that the disk cannot read costs its record, and at a start what follows in its segment: the agent goes on with the others.
            return false;
        }
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes) sum = BitOperations.Crc32C(sum, value);
        return ~sum;
    }
}
