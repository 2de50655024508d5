namespace FleetProf.Measures.GcPauses.Logs;

/// <summary>
/// Cuts a log that arrives in pieces of any size into lines, with a bounded memory: a line longer than the limit is left out whole and
/// counted. Lines end with LF or CR LF, and are given without it. Not thread-safe.
/// </summary>
/// <param name="onLine">Takes each line; the span is valid during the call only.</param>
/// <param name="maxLineBytes">The longest line that is given.</param>
public sealed class LogLines(Action<ReadOnlySpan<byte>> onLine, int maxLineBytes = 64 * 1024)
{
    private byte[] pending = [];
    private int pendingBytes;
    private bool isOverlong;

    /// <summary>Lines that were left out because of their length.</summary>
    public long OverlongLines { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Complete(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }
        Keep(bytes);
    }

    /// <summary>The log ends here: what is left is its last line.</summary>
    public void Finish()
    {
        if (pendingBytes > 0 || isOverlong) Complete([]);
    }

    /// <summary>Forgets an unfinished line: the log continues elsewhere.</summary>
    public void Drop() => (pendingBytes, isOverlong) = (0, false);

    private void Complete(ReadOnlySpan<byte> rest)
    {
        if (pendingBytes > 0 || isOverlong)
        {
            Keep(rest);
            rest = pending.AsSpan(0, pendingBytes);
        }
        if (isOverlong || rest.Length > maxLineBytes) OverlongLines++;
        else onLine(rest.EndsWith("\r"u8) ? rest[..^1] : rest);
        Drop();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (isOverlong || bytes.IsEmpty) return;
        if (pendingBytes + bytes.Length > maxLineBytes)
        {
            (isOverlong, pendingBytes) = (true, 0);
            return;
        }
        if (pending.Length < pendingBytes + bytes.Length) Array.Resize(ref pending, Math.Min(maxLineBytes, Math.Max(256, (pendingBytes + bytes.Length) * 2)));
        bytes.CopyTo(pending.AsSpan(pendingBytes));
        pendingBytes += bytes.Length;
    }
}
