using System.Buffers.Binary;
using System.Text;

namespace FleetProf.Analyzer.Nettrace;

/// <summary>
/// Walks the block frames of a .nettrace without reading their content, to find where a cut or damaged stream stops making sense.
/// Source: the NetTrace format description of the TraceEvent project, versions 4 and 5.
/// </summary>
/// <param name="WholeBytes">Length of the longest prefix that ends at the end of a block.</param>
/// <param name="Blocks">Whole blocks in that prefix.</param>
/// <param name="Problem">Null when the stream ends as it should.</param>
internal sealed record NettraceScan(long WholeBytes, int Blocks, string? Problem)
{
    private const byte NullReference = 1;
    private const byte BeginPrivateObject = 5;
    private const byte EndObject = 6;
    private const int TraceObjectBytes = 48;
    private const int HeaderBytes = 32;

    public static ReadOnlySpan<byte> Magic => "Nettrace"u8;

    private static ReadOnlySpan<byte> SerializationMagic => "!FastSerialization.1"u8;

    /// <summary>Null for later format versions, which frame blocks differently and are left to the parser.</summary>
    public static NettraceScan? Of(Stream stream)
    {
        stream.Position = 0;
        var header = new byte[HeaderBytes];
        var length = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (length == 0)
        {
            throw new UnreadableArtifactException("the file is empty");
        }

        if (length < 12 || !header.AsSpan().StartsWith(Magic))
        {
            throw new UnreadableArtifactException("the file is not a .nettrace: it does not begin with 'Nettrace'");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)) == 0)
        {
            return null;
        }

        if (length < HeaderBytes || !header.AsSpan(12).SequenceEqual(SerializationMagic))
        {
            throw new UnreadableArtifactException("the .nettrace header is damaged");
        }

        return WalkBlocks(stream);
    }

    private static NettraceScan WalkBlocks(Stream stream)
    {
        long whole = HeaderBytes;
        var blocks = 0;
        var problem = "the stream ends in the middle of a block";
        try
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            while (true)
            {
                if (Skip(reader) is { } step)
                {
                    if (step.Length == 0)
                    {
                        return new NettraceScan(whole, blocks, null);
                    }

                    problem = step;
                    break;
                }

                whole = stream.Position;
                blocks++;
            }
        }
        catch (EndOfStreamException)
        {
            // The problem already says so.
        }

        return blocks == 0
            ? throw new UnreadableArtifactException($"the .nettrace holds no readable block: {problem}")
            : new NettraceScan(whole, blocks, $"{problem} after byte {whole}");
    }

    // Null: one block was skipped. Empty: regular end. Else: what is wrong.
    private static string? Skip(BinaryReader reader)
    {
        var tag = reader.ReadByte();
        if (tag == NullReference)
        {
            return "";
        }

        if (tag != BeginPrivateObject || reader.ReadByte() != BeginPrivateObject || reader.ReadByte() != NullReference)
        {
            return "bytes that are no block";
        }

        reader.ReadInt64(); // version and minimum reader version
        var nameLength = reader.ReadInt32();
        if (nameLength is < 1 or > 64)
        {
            return "a block with an impossible name";
        }

        var name = Encoding.ASCII.GetString(reader.ReadBytes(nameLength));
        if (reader.ReadByte() != EndObject)
        {
            return "a block with a damaged head";
        }

        var stream = reader.BaseStream;
        long size = name == "Trace" ? TraceObjectBytes : reader.ReadInt32();
        if (name != "Trace")
        {
            stream.Position += (4 - (stream.Position % 4)) % 4;
        }

        if (size < 0 || stream.Position + size >= stream.Length)
        {
            return size < 0 ? "a block of negative size" : "the stream ends in the middle of a block";
        }

        stream.Position += size;
        return reader.ReadByte() == EndObject ? null : "a block without an end";
    }
}
