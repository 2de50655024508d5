namespace FleetProf.Contracts.GcPauses;

/// <summary>How fast the heap that gen2 GCs leave behind grows in one instance, with its 95 % interval.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-slope")]
public sealed record HeapSlope
{
    [Id(0)] public required string Instance { get; init; }

    [Id(1)] public string Version { get; init; } = "";

    /// <summary>Windows with a gen2 GC, at least 6.</summary>
    [Id(2)] public int PointCount { get; init; }

    /// <summary>Median of the slopes between all pairs of points.</summary>
    [Id(3)] public double BytesPerHour { get; init; }

    [Id(4)] public double LowBytesPerHour { get; init; }

    [Id(5)] public double HighBytesPerHour { get; init; }

    /// <summary>Whether all of the interval lies above zero.</summary>
    [Id(6)] public bool IsGrowing { get; init; }

    /// <summary>Median of the first quarter of the points.</summary>
    [Id(7)] public long FirstBytes { get; init; }

    /// <summary>Median of the last quarter.</summary>
    [Id(8)] public long LastBytes { get; init; }
}
