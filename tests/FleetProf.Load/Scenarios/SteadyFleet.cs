namespace FleetProf.Load.Scenarios;

/// <summary>
/// The agents that a steady state was measured with: as many as were connected all the time, which is at most as many as at its beginning and at its end. Those
/// that are away cost nearly nothing, and are no load that a silo bears.
/// </summary>
/// <param name="Before">Connected when it began.</param>
/// <param name="After">Connected when it ended.</param>
internal sealed record SteadyFleet(int Before, int After)
{
    /// <summary>The others are on their way back from a broken connection.</summary>
    private const double Mostly = 0.8;

    public int Connected => Math.Min(Before, After);

    public double PerCore(double cores) => Connected / cores;

    /// <summary>Whether the figure is one of so many agents.</summary>
    public bool IsMostOf(int agents) => Connected >= agents * Mostly;
}
