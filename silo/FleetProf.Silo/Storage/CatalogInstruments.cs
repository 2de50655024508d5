using System.Diagnostics.Metrics;

namespace FleetProf.Silo.Storage;

/// <summary>Metrics of the database: fleetprof.catalog.*.</summary>
internal static class CatalogInstruments
{
    private static readonly Meter Meter = new("FleetProf.Catalog");

    private static readonly Histogram<int> BatchSize =
        Meter.CreateHistogram<int>("fleetprof.catalog.commit.writes", "{write}", "Writes that shared one commit.");

    private static readonly Histogram<double> CommitDuration =
        Meter.CreateHistogram<double>("fleetprof.catalog.commit.duration", "s", "From the first write of a batch until its fsync.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("fleetprof.catalog.failures", "{failure}", "Failed writes (scope=work) and failed commits (scope=commit).");

    public static void Committed(int writes, TimeSpan duration)
    {
        BatchSize.Record(writes);
        CommitDuration.Record(duration.TotalSeconds);
    }

    public static void WorkFailed() => Failures.Add(1, new KeyValuePair<string, object?>("scope", "work"));

    public static void CommitFailed() => Failures.Add(1, new KeyValuePair<string, object?>("scope", "commit"));
}
