namespace FleetProf.Contracts.Budgets;

/// <summary>A hold that somebody asks for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.hold-request")]
public sealed record HoldRequest
{
    public const int LongestReason = 300;
    public const int LongestService = 256;

    /// <summary>The longest time after which a hold may end by itself.</summary>
    public const int MostMinutes = 7 * 24 * 60;

    /// <summary>A service, or "*" for the whole fleet. Default: "*".</summary>
    [Id(0)] public string Service { get; init; } = CaptureHold.EveryService;

    /// <summary>1 to 300 characters.</summary>
    [Id(1)] public string Reason { get; init; } = "";

    /// <summary>After so many minutes, 1 to 10,080, it ends by itself. Null: it stays until it is lifted.</summary>
    [Id(2)] public int? Minutes { get; init; }
}
