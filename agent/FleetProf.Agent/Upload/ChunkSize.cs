namespace FleetProf.Agent.Upload;

/// <summary>
/// How many bytes are sent before an answer is waited for. As each chunk waits for the answer to the one before, larger ones are faster over a long way; where
/// answers come at once they would only cost memory, here and in the silo. What is lost on the way is sent again from its beginning, so that over a slow link
/// large chunks never arrive: each that was lost after a while halves the next.
/// </summary>
internal sealed class ChunkSize
{
    /// <summary>With its message's head just below 256 KiB, at which buffers double.</summary>
    public const int Usual = (256 * 1024) - 4096;

    /// <summary>With its message's head below the silo's limit of 1 MiB.</summary>
    public const int Largest = 4 * Usual;

    /// <summary>Eleven seconds over the slowest link that silos serve.</summary>
    public const int Smallest = 64 * 1024;

    // 5 MB/s in usual chunks: larger ones are not worth their memory.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    // A chunk of twice the size then takes at most half of what an answer is waited for.
    private static readonly TimeSpan Soon = ArtifactUpload.AnswerLimit / 4;

    public int Bytes { get; private set; } = Usual;

    /// <summary>A chunk has arrived.</summary>
    /// <param name="sent">Its bytes: the last one of an artifact may be too short to say anything.</param>
    /// <param name="after">How long it took.</param>
    public void Answered(int sent, TimeSpan after)
    {
        if (sent < Bytes || after > Soon) return;
        Bytes = after <= AtOnce && Bytes > Usual ? Math.Max(Bytes / 2, Usual) : Math.Min(Bytes * 2, after <= AtOnce ? Usual : Largest);
    }

    /// <summary>A chunk was not answered; within a short time, it is not its size that is to blame.</summary>
    /// <param name="after">How long it was waited for.</param>
    public void Lost(TimeSpan after)
    {
        if (after > Soon) Bytes = Math.Max(Bytes / 2, Smallest);
    }
}
