namespace FleetProf.Analysis.Fleet;

/// <summary>
/// How far another clock is ahead of ours, from the times it stamps on its messages. A message is under way for a while and so seems older
/// than it is: the largest difference of the last messages is the nearest to the truth. Not thread-safe.
/// </summary>
public sealed class ClockSkew
{
    /// <summary>At ten seconds each, more than a minute: a clock that was set right is believed soon.</summary>
    private const int Remembered = 8;

    private readonly Queue<double> differences = [];

    /// <summary>Milliseconds; negative when the other clock is behind. Null before the first message.</summary>
    public double? Milliseconds => differences.Count == 0 ? null : differences.Max();

    /// <summary>Times in milliseconds since 1970, of the sender and of ours at the receipt.</summary>
    public void Add(long sentMs, long receivedMs)
    {
        differences.Enqueue((double)sentMs - receivedMs);
        if (differences.Count > Remembered) differences.Dequeue();
    }
}
