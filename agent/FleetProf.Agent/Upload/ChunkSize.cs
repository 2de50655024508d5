namespace FleetProf.Agent.Upload;

/// <summary>
/// How many bytes are sent before an answer is waited for. What is lost on the way is sent again from its beginning, so that over a slow link large chunks
/// never arrive: each that was lost after a while halves the next, and each that was answered soon doubles it.
/// </summary>
internal sealed class ChunkSize
{
    /// <summary>
    /// With its message's head just below 256 KiB, at which buffers double: both sides keep some of them. Over a way of 100 ms it makes 2.5 MB/s, which is enough
    /// for what nobody waits for.
    /// </summary>
    public const int Largest = (256 * 1024) - 4096;

    /// <summary>Eleven seconds over the slowest link that silos serve.</summary>
    public const int Smallest = 64 * 1024;

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
