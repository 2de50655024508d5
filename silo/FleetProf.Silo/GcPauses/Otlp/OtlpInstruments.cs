using System.Diagnostics.Metrics;

namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>Metrics of the export of metrics: fleetprof.otlp.*.</summary>
internal static class OtlpInstruments
{
    private static readonly Meter Meter = new("FleetProf.Otlp");

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("fleetprof.otlp.requests", "{request}", "Requests with the fleet's metrics by outcome (sent, dropped).");

    private static readonly Counter<long> RejectedPoints =
        Meter.CreateCounter<long>("fleetprof.otlp.rejected.points", "{point}", "Points of sent requests that the collector did not want.");

    public static void Sent(long rejectedPoints)
    {
        Add("sent");
        RejectedPoints.Add(rejectedPoints);
    }

    public static void Dropped() => Add("dropped");

    private static void Add(string outcome) => Requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
