namespace FleetProf.Analysis.Fleet;

/// <summary>
/// How far another clock is ahead of ours, from the times it stamps on its messages. A message is under way for a while and so seems older
/// than it is: the largest difference of the last messages is the nearest to the truth. Not thread-safe.
/// </summary>
public sealed class ClockSkew
{
    /// <summary>At ten seconds each, more than a minute: a clock that was set right is believed soon.</summary>
    private const int Remembered = 8;

    /// <summary>So many messages in a row that agree on an earlier time mean a clock that was set back: one may be late alone.</summary>
    private const int Believed = 3;

    /// <summary>More than messages differ by on their way; messages that waited together differ by as much as was between them, which is more.</summary>
    private const double AgreementMs = 2_000;

    private readonly Queue<double> differences = [];

    /// <summary>Milliseconds; negative when the other clock is behind. Null before the first message.</summary>
    public double? Milliseconds => differences.Count == 0 ? null : differences.Max();

    /// <summary>Times in milliseconds since 1970, of the sender and of ours at the receipt.</summary>
    public void Add(long sentMs, long receivedMs)
    {
        differences.Enqueue((double)sentMs - receivedMs);
        if (differences.Count > Remembered) differences.Dequeue();
        if (!IsSetBack()) return;
        while (differences.Count > Believed) differences.Dequeue();
    }

    /// <summary>A clock that was set forward needs no such belief: no message comes before it was sent, so the largest difference is true at once.</summary>
    private bool IsSetBack()
    {
        if (differences.Count <= Believed) return false;
        var (least, most) = (differences.TakeLast(Believed).Min(), differences.TakeLast(Believed).Max());
        return most - least <= AgreementMs && most < differences.Max() - AgreementMs;
    }
}
