using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures.Go;

/// <summary>How a kind of capture is asked of a Go program.</summary>
/// <param name="ProfileAndQuery">Below /debug/pprof/.</param>
/// <param name="IsTimed">Whether the answer comes at the end of the order's time, else at once.</param>
internal sealed record PprofRecipe(string ProfileAndQuery, bool IsTimed)
{
    /// <summary>Kinds that a Go program with a pprof port can be captured by, as the silo is told them.</summary>
    public static IReadOnlyList<CaptureKind> Kinds { get; } = [CaptureKind.Trace, CaptureKind.Alloc, CaptureKind.Gcdump, CaptureKind.Goroutines];

    /// <summary>
    /// Null for a kind that Go has nothing for. CPU samples at 100 Hz; what was allocated in the time, as the difference of two profiles;
    /// what is in use as of the last completed collection: none is forced, which would stop and slow the program. Goroutines as counts by
    /// stack: the form that names the state of each has all of them as text, and keeps the program stopped while it is made.
    /// </summary>
    public static PprofRecipe? Of(CaptureKind kind, uint seconds) => kind switch
    {
        CaptureKind.Trace => new($"profile?seconds={seconds}", IsTimed: true),
        CaptureKind.Alloc => new($"allocs?seconds={seconds}", IsTimed: true),
        CaptureKind.Gcdump => new("heap", IsTimed: false),
        CaptureKind.Goroutines => new("goroutine", IsTimed: false),
        _ => null,
    };
}
