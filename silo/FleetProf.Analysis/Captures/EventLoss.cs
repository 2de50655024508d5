namespace FleetProf.Analysis.Captures;

/// <summary>Events that a process dropped because its buffer was full: what is counted of the others is too low by about their share.</summary>
public static class EventLoss
{
    /// <summary>A larger share than this is told to people, and is in no figure with others that lost less.</summary>
    public const double Tolerated = 0.05;

    /// <param name="seen">Events that were recorded, without rundown: it comes after all others, as much for a second as for an hour, and would hide the loss of a short recording.</param>
    /// <param name="lost">Events that were not.</param>
    public static bool IsMuch(long seen, long lost) => lost > Tolerated * (seen + (double)lost);
}
