using System.Diagnostics;
using FleetProf.Load.Silo;

namespace FleetProf.Load;

/// <summary>Processor time of the silo and of this generator between two moments, in cores.</summary>
internal sealed class Shares(SiloProcess silo)
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly double siloSeconds = silo.CpuSeconds;
    private readonly double ownSeconds = Environment.CpuUsage.TotalTime.TotalSeconds;

    public double Seconds => Stopwatch.GetElapsedTime(started).TotalSeconds;

    public double SiloSeconds => silo.CpuSeconds - siloSeconds;

    public double OwnSeconds => Environment.CpuUsage.TotalTime.TotalSeconds - ownSeconds;

    public double SiloCores => SiloSeconds / Seconds;

    public double OwnCores => OwnSeconds / Seconds;
}
