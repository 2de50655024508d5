using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetProf.Agent.Captures.Journal;

/// <summary>The journal's bytes: length, CRC-32C, record as JSON; little-endian. Reading ends where a frame is torn or damaged.</summary>
internal static class JournalFrames
{
    private const int HeadBytes = 8;
    private const int MaxRecordBytes = 1 << 20;

    private static readonly JsonSerializerOptions Format = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true };

    public static byte[] ToBytes(JournalRecord record)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(record, Format);
        var frame = new byte[HeadBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Checksum(body));
        body.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }

    /// <summary>The records up to the first frame that is not whole, and the length of what was good.</summary>
    public static (IReadOnlyList<JournalRecord> Records, int GoodBytes) Read(ReadOnlySpan<byte> bytes)
    {
        var records = new List<JournalRecord>();
        var position = 0;
        while (ReadOne(bytes[position..], out var frameBytes) is { } record)
        {
            records.Add(record);
            position += frameBytes;
        }
        return (records, position);
    }

    private static JournalRecord? ReadOne(ReadOnlySpan<byte> bytes, out int frameBytes)
    {
        frameBytes = 0;
        if (bytes.Length < HeadBytes) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > MaxRecordBytes || length > bytes.Length - HeadBytes) return null;
        var body = bytes.Slice(HeadBytes, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Checksum(body)) return null;
        frameBytes = HeadBytes + length;
        try
        {
            return JsonSerializer.Deserialize<JournalRecord>(body, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> body)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(body);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in body[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
