namespace FleetProf.Silo.Hosting;

/// <summary>A grain that nobody uses. Key: a new one each time.</summary>
[Alias("fleetprof.wall-clock-probe")]
internal interface IWallClockProbe : IGrainWithGuidKey
{
    /// <summary>Starts it; the silo that it is on.</summary>
    [Alias("start")]
    Task<SiloAddress> StartAsync();
}
