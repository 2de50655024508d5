using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Table trend_levels as one transaction or snapshot sees it.</summary>
internal sealed class TrendLevels
{
    private readonly Dictionary<long, LevelState> states;

    private TrendLevels(IEnumerable<LevelState> states) => this.states = states.ToDictionary(state => state.LevelMs);

    public static TrendLevels Read(DbConnection connection, DbTransaction? transaction = null) => new(connection.Query<LevelState>(
        "SELECT level_ms AS LevelMs, rolling_to AS RollingTo, rolled_to AS RolledTo, kept_from AS KeptFrom FROM trend_levels", transaction: transaction));

    public LevelState Of(long levelMs) => states[levelMs];

    /// <summary>The finest level that still has everything from a time on.</summary>
    public long FinestSince(long fromMs) =>
        Of(TrendLevel.WindowMs).KeptFrom <= fromMs ? TrendLevel.WindowMs : Of(TrendLevel.MinuteMs).KeptFrom <= fromMs ? TrendLevel.MinuteMs : TrendLevel.QuarterMs;

    public static void SetRollingTo(DbConnection connection, DbTransaction transaction, long levelMs, long to) =>
        connection.Execute("UPDATE trend_levels SET rolling_to = @to WHERE level_ms = @levelMs AND rolling_to < @to", new { levelMs, to }, transaction);

    public static void SetRolledTo(DbConnection connection, DbTransaction transaction, long levelMs, long to) =>
        connection.Execute("UPDATE trend_levels SET rolled_to = @to WHERE level_ms = @levelMs AND rolled_to < @to", new { levelMs, to }, transaction);

    public static void SetKeptFrom(DbConnection connection, DbTransaction transaction, long levelMs, long from) =>
        connection.Execute("UPDATE trend_levels SET kept_from = @from WHERE level_ms = @levelMs AND kept_from < @from", new { levelMs, from }, transaction);
}
