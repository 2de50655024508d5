namespace FleetProf.Contracts.Profiles;

/// <summary>The results of a campaign's captures merged into estimates for the whole fleet it drew from, each capture weighted by one over its inclusion probability.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.fleet-estimates")]
public sealed record FleetEstimates
{
    [Id(0)] public required string CampaignId { get; init; }

    [Id(1)] public required FleetTable Table { get; init; }

    /// <summary>"bytes/s", "ms/s" of processors, or "bytes".</summary>
    [Id(2)] public required string Unit { get; init; }

    /// <summary>Captures that are in the estimates.</summary>
    [Id(3)] public int MergedCaptures { get; init; }

    /// <summary>Captures of this kind that were drawn; those without a result are taken for missing at random.</summary>
    [Id(4)] public int DrawnCaptures { get; init; }

    /// <summary>Instances of the services that have a merged capture.</summary>
    [Id(5)] public int PopulationSize { get; init; }

    /// <summary>All rows together, those that are not listed included.</summary>
    [Id(6)] public double Total { get; init; }

    [Id(7)] public double? TotalRelativeError { get; init; }

    [Id(8)] public int? TotalMoreCaptures { get; init; }

    /// <summary>Heaviest first, at most 1,000.</summary>
    [Id(9)] public IReadOnlyList<FleetEstimateRow> Rows { get; init; } = [];

    /// <summary>From AllocationTick alone: no interval can be given. Biased and unbiased captures are never mixed; the unbiased win.</summary>
    [Id(10)] public bool IsBiased { get; init; }

    /// <summary>Every capture lost more than 5 % of its events, so that these were merged after all: values are too low, and no interval can be given.</summary>
    [Id(11)] public bool IsLossy { get; init; }

    /// <summary>Captures that are left out because they lost more than 5 % of their events. They are taken for missing at random, but the busiest lose most.</summary>
    [Id(12)] public int LossyCaptures { get; init; }

    /// <summary>Captures that are left out because they are biased and others are not: usually those of an older runtime.</summary>
    [Id(13)] public int BiasedCaptures { get; init; }

    /// <summary>Captures that are left out because they are of another runtime than most.</summary>
    [Id(14)] public int OtherRuntimeCaptures { get; init; }

    /// <summary>Services of merged captures have biased ones or such of another runtime too, for which the merged ones stand as well: no interval can be given.</summary>
    [Id(15)] public bool IsMixed { get; init; }

    /// <summary>
    /// Heap snapshots that are missing because their heap was refused for its size, or not whole (cut, short of events, or its process ended). The largest are missing first:
    /// where a service of merged captures has some, its figures are too low, and no interval can be given.
    /// </summary>
    [Id(16)] public int OversizedCaptures { get; init; }
}
