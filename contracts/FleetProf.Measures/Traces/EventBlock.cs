namespace FleetProf.Measures.Traces;

/// <summary>
/// Decodes EventBlock and MetadataBlock (format version 4 and 5), with compressed headers or plain ones.
/// Source: microsoft/perfview, NetTraceFormat_v5.md.
/// </summary>
internal static class EventBlock
{
    /// <summary>The header fields of an event; compressed headers are differences to the previous event of the block.</summary>
    internal struct Header
    {
        public int MetadataId;
        public uint Sequence;
        public long CaptureThreadId;
        public long ThreadId;
        public int StackId;
        public long Ticks;
        public bool IsSorted;
        public int PayloadBytes;
    }

    /// <summary>Skips the block's own header and tells whether its events' headers are compressed.</summary>
    public static bool ReadStart(ref BlockCursor cursor)
    {
        const int LeastHeaderBytes = 20;
        var headerBytes = cursor.ReadInt16();
        if (headerBytes < LeastHeaderBytes) throw cursor.Fail($"A block header of {headerBytes} bytes is too short.");
        var isCompressed = (cursor.ReadInt16() & 1) != 0;
        cursor.Take(headerBytes - 4);
        return isCompressed;
    }

    /// <summary>Reads the next event's header into <paramref name="header"/>, which still holds the previous one, and returns the payload.</summary>
    public static ReadOnlySpan<byte> ReadEvent(ref BlockCursor cursor, bool isCompressed, ref Header header)
    {
        if (isCompressed) ReadCompressed(ref cursor, ref header);
        else ReadPlain(ref cursor, ref header);
        var payload = cursor.Take(header.PayloadBytes);
        // Plain events start at multiples of four; blocks themselves start at one.
        if (!isCompressed) cursor.Take(Math.Min(cursor.Remaining, (int)(-cursor.Position & 3)));
        return payload;
    }

    private static void ReadCompressed(ref BlockCursor cursor, ref Header header)
    {
        const int GuidBytes = 16;
        var flags = cursor.ReadByte();
        if ((flags & 1) != 0) header.MetadataId = (int)cursor.ReadVarUInt32();
        if ((flags & 2) != 0)
        {
            header.Sequence = unchecked(header.Sequence + cursor.ReadVarUInt32());
            header.CaptureThreadId = (long)cursor.ReadVarUInt64();
            cursor.ReadVarUInt32();
        }
        if (header.MetadataId != 0) header.Sequence = unchecked(header.Sequence + 1);
        if ((flags & 4) != 0) header.ThreadId = (long)cursor.ReadVarUInt64();
        if ((flags & 8) != 0) header.StackId = (int)cursor.ReadVarUInt32();
        header.Ticks = unchecked(header.Ticks + (long)cursor.ReadVarUInt64());
        if ((flags & 16) != 0) cursor.Take(GuidBytes);
        if ((flags & 32) != 0) cursor.Take(GuidBytes);
        header.IsSorted = (flags & 64) != 0;
        if ((flags & 128) != 0) header.PayloadBytes = unchecked((int)cursor.ReadVarUInt32());
    }

    private static void ReadPlain(ref BlockCursor cursor, ref Header header)
    {
        const int ActivityIdsBytes = 32;
        cursor.ReadInt32();
        var metadata = cursor.ReadInt32();
        header.MetadataId = metadata & int.MaxValue;
        header.IsSorted = metadata < 0;
        header.Sequence = unchecked((uint)cursor.ReadInt32());
        header.ThreadId = cursor.ReadInt64();
        header.CaptureThreadId = cursor.ReadInt64();
        cursor.ReadInt32();
        header.StackId = cursor.ReadInt32();
        header.Ticks = cursor.ReadInt64();
        cursor.Take(ActivityIdsBytes);
        header.PayloadBytes = cursor.ReadInt32();
    }
}
