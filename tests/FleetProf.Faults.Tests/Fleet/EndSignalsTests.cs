using System.Runtime.InteropServices;
using FleetProf.Faults.Fleet;

namespace FleetProf.Faults.Tests.Fleet;

public sealed class EndSignalsTests
{
    /// <summary>A key of the terminal, its end, a service manager.</summary>
    [Fact]
    public void Signals_ThatEndARun_AreAllHeard() => Assert.Equal([PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM], EndSignals.All.OrderBy(signal => signal.ToString(), StringComparer.Ordinal));

    [Fact]
    public void Signal_ThatComesTwice_CleansUpOnceAndEndsAfterThat()
    {
        List<string> done = [];
        using var signals = new EndSignals(() => done.Add("clean"), code => done.Add($"exit {code}"));
        var (first, second) = (new PosixSignalContext(PosixSignal.SIGINT), new PosixSignalContext(PosixSignal.SIGHUP));

        signals.End(first);
        signals.End(second);

        Assert.Equal(["clean", "exit 1"], done);
        Assert.True(first.Cancel && second.Cancel);
    }
}
