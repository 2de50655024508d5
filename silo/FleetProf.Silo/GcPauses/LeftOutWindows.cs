namespace FleetProf.Silo.GcPauses;

/// <summary>Windows of one batch that are not taken, and why: one line of the log, however many an agent sends.</summary>
internal sealed class LeftOutWindows
{
    private readonly List<(int Count, string Why)> reasons = [];

    public int Count => reasons.Sum(reason => reason.Count);

    /// <param name="count">Nothing is said of 0.</param>
    /// <param name="why">Follows the number in the sentence.</param>
    public void Add(int count, string why)
    {
        if (count > 0)
        {
            reasons.Add((count, why));
        }
    }

    public override string ToString() => string.Join(", ", reasons.Select(reason => $"{reason.Count} {reason.Why}"));
}
