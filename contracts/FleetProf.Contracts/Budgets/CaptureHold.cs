namespace FleetProf.Contracts.Budgets;

/// <summary>While there is one, nothing of its services is captured: what runs is stopped, and nothing starts.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-hold")]
public sealed record CaptureHold
{
    /// <summary>Stands for the whole fleet.</summary>
    public const string EveryService = "*";

    /// <summary>Names it among the problems of a campaign that may not start.</summary>
    public const string Field = "hold";

    /// <summary>A service, or <see cref="EveryService"/>.</summary>
    [Id(0)] public required string Service { get; init; }

    /// <summary>Why, in the words of whoever placed it, or of the alert.</summary>
    [Id(1)] public required string Reason { get; init; }

    [Id(2)] public required string PlacedBy { get; init; }

    [Id(3)] public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>When it ends by itself; null: when somebody lifts it.</summary>
    [Id(4)] public DateTimeOffset? EndsAt { get; init; }

    /// <summary>An alert placed it, nobody in person.</summary>
    [Id(5)] public bool IsByAlert { get; init; }

    public bool IsForAll => Service == EveryService;

    public bool Covers(string service) => IsForAll || Service == service;

    public bool IsOverAt(DateTimeOffset now) => EndsAt <= now;

    /// <summary>What is held, who did it, when and why: "Captures of all services are on hold since 2026-11-26 18:00:00 UTC, by ann: the shop is slow."</summary>
    public string Sentence => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"Captures of {(IsForAll ? "all services" : Service)} are on hold since {PlacedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, by {(IsByAlert ? "an alert that came from " : "")}{PlacedBy}: {Reason.TrimEnd('.')}.");

    /// <summary>How it ends.</summary>
    public string Way => EndsAt is { } end
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It ends at {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; an admin can lift it before, on the page Campaigns or with `fleetprof hold lift`.")
        : "An admin can lift it, on the page Campaigns or with `fleetprof hold lift`.";
}
