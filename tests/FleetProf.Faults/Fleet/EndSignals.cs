using System.Runtime.InteropServices;

namespace FleetProf.Faults.Fleet;

/// <summary>Whoever tells this process to end, lets it clean up first; then it ends with 1.</summary>
internal sealed class EndSignals : IDisposable
{
    public static readonly IReadOnlyList<PosixSignal> All = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly List<PosixSignalRegistration> registrations;
    private readonly Action cleanUp;
    private readonly Action<int> exit;
    private int isEnding;

    /// <param name="cleanUp">Done once, however many signals come.</param>
    /// <param name="exit">Ends the process with this code; null: as usual.</param>
    public EndSignals(Action cleanUp, Action<int>? exit = null)
    {
        (this.cleanUp, this.exit) = (cleanUp, exit ?? Environment.Exit);
        registrations = [.. All.Select(signal => PosixSignalRegistration.Create(signal, End))];
    }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    /// <summary>What each of the signals does.</summary>
    internal void End(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref isEnding, 1) == 0)
        {
            cleanUp();
            exit(1);
        }
    }
}
