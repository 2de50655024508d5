using System.Diagnostics.Metrics;

namespace FleetProf.Silo.GcPauses;

/// <summary>Metrics of the trend store: fleetprof.trends.*.</summary>
internal static class TrendInstruments
{
    private static readonly Meter Meter = new("FleetProf.Trends");

    private static readonly Counter<long> Windows =
        Meter.CreateCounter<long>("fleetprof.trends.windows", "{window}", "Windows of instances by outcome (stored, dropped, expired).");

    private static readonly Counter<long> RollUps =
        Meter.CreateCounter<long>("fleetprof.trends.rollups", "{rollup}", "Roll-ups of instances that were computed, for the first time or again.");

    public static void RolledUp(long count) => RollUps.Add(count);

    public static void Stored(long count) => Add(count, "stored");

    public static void Dropped(long count) => Add(count, "dropped");

    public static void Expired(long count) => Add(count, "expired");

    private static void Add(long count, string outcome) => Windows.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
}
