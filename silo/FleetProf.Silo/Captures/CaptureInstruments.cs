using System.Diagnostics.Metrics;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Captures;

/// <summary>Metrics of uploads and analyses: fleetprof.captures.*.</summary>
internal static class CaptureInstruments
{
    /// <summary>Beside the names of <see cref="CaptureFailure"/>, and none of them: the capture goes on once its store can be written again.</summary>
    private const string StoreAway = "StoreAway";

    private static readonly AnalyzerLayers[] Layers = [AnalyzerLayers.Calls, AnalyzerLayers.Files];
    private static readonly Meter Meter = new("FleetProf.Captures");

    private static readonly Counter<long> Uploads =
        Meter.CreateCounter<long>("fleetprof.captures.uploads", "{upload}", "Ended uploads by failure (None when complete, StoreAway where the store is away or cannot be written).");

    private static readonly Counter<long> UploadBytes =
        Meter.CreateCounter<long>("fleetprof.captures.upload.bytes", "By", "Durable bytes of artifacts.");

    private static readonly Histogram<double> AnalysisDuration =
        Meter.CreateHistogram<double>("fleetprof.captures.analysis.duration", "s", "Runs of the analyzer, by kind and outcome.");

    private static readonly UpDownCounter<long> Waiting =
        Meter.CreateUpDownCounter<long>("fleetprof.captures.analysis.waiting", "{artifact}", "Artifacts in line for analysis.");

    private static readonly Counter<long> Downloads =
        Meter.CreateCounter<long>("fleetprof.captures.downloads", "{request}", "Requests for capture files, by status.");

    private static readonly Counter<long> Removals =
        Meter.CreateCounter<long>("fleetprof.captures.removals", "{capture}", "Captures whose files retention deleted, by reason.");

    private static readonly Counter<long> RemovedBytes =
        Meter.CreateCounter<long>("fleetprof.captures.removed.bytes", "By", "Bytes that retention deleted, by reason.");

    /// <summary>Called once; null before it is known.</summary>
    public static void ShowIsolation(Func<Isolation?> isolation)
    {
        Meter.CreateObservableGauge<int>(
            "fleetprof.captures.analyzer.isolation",
            () => isolation() is { } known ? [new Measurement<int>((int)known.Level)] : Array.Empty<Measurement<int>>(),
            "{level}",
            "How far analyzers are kept apart: 0 limits only, 1 no network and no other processes, 2 no files either.");
        Meter.CreateObservableGauge<int>(
            "fleetprof.captures.analyzer.layers",
            () => isolation() is { } known ? Layers.Select(layer => new Measurement<int>(known.Layers.HasFlag(layer) ? 1 : 0, new KeyValuePair<string, object?>("layer", layer.ToString()))) : [],
            "{layer}",
            "What analyzers take from themselves, by layer (Calls, Files): 1 in force, 0 missing.");
    }

    public static void Removed(RemovalReason reason, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("reason", reason.ToString());
        Removals.Add(1, tag);
        RemovedBytes.Add(bytes, tag);
    }

    public static void UploadEnded(CaptureFailure failure) => UploadEnded(failure.ToString());

    /// <summary>An upload that ended because the store is away or cannot be written.</summary>
    public static void NotStored() => UploadEnded(StoreAway);

    public static void Received(int bytes) => UploadBytes.Add(bytes);

    public static void Queued(int change) => Waiting.Add(change);

    /// <summary>A run whose artifact is still pending was a crash or overrun.</summary>
    public static void Analysed(Artifact artifact, TimeSpan duration) => AnalysisDuration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("kind", artifact.Kind.ToString()),
        new KeyValuePair<string, object?>("outcome", artifact.State.ToString()));

    public static void Downloaded(int status) => Downloads.Add(1, new KeyValuePair<string, object?>("status", status));

    private static void UploadEnded(string failure) => Uploads.Add(1, new KeyValuePair<string, object?>("failure", failure));
}
