namespace FleetProf.Silo.Captures.Analyses;

/// <summary>Reads all of what a child process prints, so that it never blocks on a full pipe, but keeps only the beginning.</summary>
internal static class BoundedText
{
    private const int MaxChars = 4_096;

    public static async Task<string> ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var kept = new char[MaxChars];
        var count = 0;
        var buffer = new char[MaxChars];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            var taken = Math.Min(read, MaxChars - count);
            buffer.AsSpan(0, taken).CopyTo(kept.AsSpan(count));
            count += taken;
        }

        return new string(kept, 0, count);
    }
}
