namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>How far a level of the trend store has come, Unix milliseconds: see the table trend_levels.</summary>
internal sealed record LevelState
{
    public required long LevelMs { get; init; }

    public required long RollingTo { get; init; }

    public required long RolledTo { get; init; }

    public required long KeptFrom { get; init; }
}
