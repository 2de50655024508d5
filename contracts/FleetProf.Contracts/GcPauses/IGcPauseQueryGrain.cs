namespace FleetProf.Contracts.GcPauses;

/// <summary>Reads pause and heap trends. Stateless; key 0.</summary>
[Alias("fleetprof.gc-pause-query")]
public interface IGcPauseQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Empty points when nothing is known.</summary>
    /// <exception cref="ArgumentException">Of <see cref="TooManyPoints"/>: a step so short has too many points of so many instances. A step of 0 becomes longer instead.</exception>
    [Alias("get-trend")]
    Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default);

    /// <summary>The longest GCs that ended in the range, longest first. Agents tell the three longest of every ten seconds; of an instance the five longest of every minute are kept, in ranges over six hours of every quarter of an hour; in one or two minutes of one instance all that its agent told. Where these are more than 50,000 minutes or quarters of instances, only the twenty longest of each are known of a service and version.</summary>
    [Alias("list-longest")]
    Task<IReadOnlyList<LongGc>> ListLongestAsync(LongGcQuery query, CancellationToken cancellationToken = default);

    /// <summary>How many pauses were how long, by step of the range.</summary>
    [Alias("get-histogram")]
    Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default);

    /// <summary>The growth of the heap that gen2 GCs leave, of each instance that had enough of them, the surest growth first.</summary>
    [Alias("list-heap-slopes")]
    Task<IReadOnlyList<HeapSlope>> ListHeapSlopesAsync(TrendQuery query, CancellationToken cancellationToken = default);

    /// <summary>What the pauses of the last ten minutes cost, by service and version, the most harmful first; known up to <see cref="GetHarmUntilAsync"/>.</summary>
    [Alias("list-harm")]
    Task<IReadOnlyList<PauseHarm>> ListHarmAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>GC settings of the running instances of a service and where they differ. No instances when none runs.</summary>
    [Alias("get-knobs")]
    Task<ServiceKnobs> GetKnobsAsync(string service, CancellationToken cancellationToken = default);

    /// <summary>Pauses of a range by their causes; the step and the division by instances of the query are not looked at.</summary>
    [Alias("get-causes")]
    Task<PauseCauses> GetCausesAsync(TrendQuery query, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="GetTrendAsync"/>, with the named figures of <see cref="TrendFields"/> only.</summary>
    [Alias("get-columns")]
    Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default);

    /// <summary>What to change about the GC of a service, with evidence and predictions. No instances when none runs.</summary>
    [Alias("get-advice")]
    Task<ServiceAdvice> GetAdviceAsync(AdviceQuery query, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="GetColumnsAsync"/>, in bytes for a browser, of the instances with the longest pauses only.</summary>
    [Alias("get-packed")]
    Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default);

    /// <summary>
    /// Up to when <see cref="ListHarmAsync"/> knows anything: the end of the last minute that was rolled up; null before the first. Usually less than two minutes
    /// ago; longer where nothing was watched since, and after a silo was away, while what was stored meanwhile is not rolled up.
    /// </summary>
    [Alias("get-harm-until")]
    Task<DateTimeOffset?> GetHarmUntilAsync(CancellationToken cancellationToken = default);
}
