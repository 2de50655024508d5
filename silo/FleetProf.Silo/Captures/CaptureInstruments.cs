using System.Diagnostics.Metrics;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Captures;

/// <summary>Metrics of uploads and analyses: fleetprof.captures.*.</summary>
internal static class CaptureInstruments
{
    private static readonly Meter Meter = new("FleetProf.Captures");

    private static readonly Counter<long> Uploads =
        Meter.CreateCounter<long>("fleetprof.captures.uploads", "{upload}", "Ended uploads by failure (None when complete).");

    private static readonly Counter<long> UploadBytes =
        Meter.CreateCounter<long>("fleetprof.captures.upload.bytes", "By", "Durable bytes of artifacts.");

    private static readonly Histogram<double> AnalysisDuration =
        Meter.CreateHistogram<double>("fleetprof.captures.analysis.duration", "s", "Runs of the analyzer, by kind and outcome.");

    private static readonly UpDownCounter<long> Waiting =
        Meter.CreateUpDownCounter<long>("fleetprof.captures.analysis.waiting", "{artifact}", "Artifacts in line for analysis.");

    private static readonly Counter<long> Downloads =
        Meter.CreateCounter<long>("fleetprof.captures.downloads", "{request}", "Requests for capture files, by status.");

    public static void UploadEnded(CaptureFailure failure) => Uploads.Add(1, new KeyValuePair<string, object?>("failure", failure.ToString()));

    public static void Received(int bytes) => UploadBytes.Add(bytes);

    public static void Queued(int change) => Waiting.Add(change);

    /// <summary>A run whose artifact is still pending was a crash or overrun.</summary>
    public static void Analysed(Artifact artifact, TimeSpan duration) => AnalysisDuration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("kind", artifact.Kind.ToString()),
        new KeyValuePair<string, object?>("outcome", artifact.State.ToString()));

    public static void Downloaded(int status) => Downloads.Add(1, new KeyValuePair<string, object?>("status", status));
}
