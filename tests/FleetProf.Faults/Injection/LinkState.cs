namespace FleetProf.Faults.Injection;

/// <summary>How a link behaves.</summary>
/// <param name="Delay">Added to every piece, in each direction.</param>
/// <param name="Jitter">Up to this much more, at random.</param>
/// <param name="BytesPerSecond">Of each direction of a connection; zero: as fast as it goes.</param>
/// <param name="IsDead">Nothing goes through and nobody is told: connections stay open.</param>
internal sealed record LinkState(TimeSpan Delay = default, TimeSpan Jitter = default, int BytesPerSecond = 0, bool IsDead = false)
{
    public static readonly LinkState Well = new();
}
