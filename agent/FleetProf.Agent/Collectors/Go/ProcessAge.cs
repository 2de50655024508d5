using System.Diagnostics;
using System.Globalization;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>How long a process runs. Source: proc_pid_stat(5), proc_uptime(5) and clock_gettime(2): starts are told by a clock that goes on while the host sleeps.</summary>
/// <param name="Elapsed">Since its start, with the time that the host slept.</param>
/// <param name="Slept">The most of it that the host slept: Go's own times go by a clock that stands still then.</param>
internal readonly record struct ProcessAge(TimeSpan Elapsed, TimeSpan Slept)
{
    /// <summary>For how long the host was suspended since it was started; zero where that cannot be read.</summary>
    public static TimeSpan HostSlept()
    {
        // .NET's timestamps are of the clock that stands still.
        var awake = Stopwatch.GetElapsedTime(0);
        try
        {
            var up = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            var slept = TimeSpan.FromSeconds(up) - awake;
            return slept > TimeSpan.Zero ? slept : TimeSpan.Zero;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return TimeSpan.Zero;
        }
    }
}
