using FleetProf.Cli.Terminal;

namespace FleetProf.Cli.Demo;

/// <summary>Time since the demo's start, and lines that begin with it.</summary>
internal sealed class DemoClock(CliConsole console)
{
    private readonly long _start = console.Clock.GetTimestamp();

    public TimeSpan Elapsed => console.Clock.GetElapsedTime(_start);

    public void Tell(string text) => console.Note($"t+{Elapsed.TotalSeconds,3:0} s  {text}");
}
