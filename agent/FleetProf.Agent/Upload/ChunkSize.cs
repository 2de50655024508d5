namespace FleetProf.Agent.Upload;

/// <summary>
/// How many bytes are sent before an answer is waited for, in pieces. What is not answered may be lost on the way, so that over a slow link large chunks never
/// arrive: each that was lost after a while halves the next, and each that was answered soon doubles it.
/// </summary>
internal sealed class ChunkSize
{
    /// <summary>
    /// Of one message, which fits into 32 KiB with its head: the shared pool keeps buffers of that size for each thread that ever sent one, and a silo copies it.
    /// </summary>
    public const int Piece = 28 * 1024;

    /// <summary>Over a way of 100 ms it makes nearly 10 MB/s. Silos take no more than 1 MiB before they make it durable.</summary>
    public const int Largest = 32 * Piece;

    /// <summary>Some ten seconds over the slowest link that silos serve.</summary>
    public const int Smallest = 2 * Piece;

    // A chunk of twice the size then takes at most half of what an answer is waited for.
    private static readonly TimeSpan Soon = ArtifactUpload.AnswerLimit / 4;

    public int Bytes { get; private set; } = Largest;

    /// <summary>A chunk has arrived.</summary>
    /// <param name="sent">Its bytes: the last one of an artifact may be too short to say anything.</param>
    /// <param name="after">How long it took.</param>
    public void Answered(int sent, TimeSpan after)
    {
        if (sent >= Bytes && after <= Soon) Bytes = Math.Min(Bytes * 2, Largest);
    }

    /// <summary>A chunk was not answered; within a short time, it is not its size that is to blame.</summary>
    /// <param name="after">How long it was waited for.</param>
    public void Lost(TimeSpan after)
    {
        if (after > Soon) Bytes = Math.Max(Bytes / 2, Smallest);
    }
}
