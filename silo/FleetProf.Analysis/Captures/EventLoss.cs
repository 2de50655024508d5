namespace FleetProf.Analysis.Captures;

/// <summary>Events that a process dropped because its buffer was full: what is counted of the others is too low by about their share.</summary>
public static class EventLoss
{
    /// <summary>A larger share than this is told to people, and is in no figure with others that lost less.</summary>
    public const double Tolerated = 0.05;

    /// <param name="seen">Events that were recorded.</param>
    /// <param name="lost">Events that were not.</param>
    public static bool IsMuch(long seen, long lost) => lost > Tolerated * (seen + (double)lost);
}
