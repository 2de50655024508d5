using FleetProf.Cli.Server;
using FleetProf.Cli.Terminal;
using FleetProf.Contracts.Captures;

namespace FleetProf.Cli.Captures;

/// <summary>Captures in tables.</summary>
internal static class CaptureColumns
{
    public static Column<Capture>[] List =>
    [
        new("capture", row => row.CaptureId),
        new("service", row => row.Service),
        new("version", row => row.Version),
        new("instance", row => row.InstanceId),
        new("kind", row => row.Kind),
        new("state", row => row.State, StateOf),
        new("size", row => row.SizeBytes, row => Human.Bytes(row.SizeBytes)) { IsNumber = true, Csv = "size_bytes" },
        new("requested", row => row.RequestedAt),
    ];

    public static Column<Capture>[] One =>
    [
        .. List,
        new("campaign", row => row.CampaignId),
        new("host", row => row.Host),
        new("started", row => row.StartedAt),
        new("ended", row => row.EndedAt),
        new("requested by", row => row.RequestedBy),
        new("reason", row => row.Reason),
        new("why", row => row.Failure == CaptureFailure.None ? null : CaptureFailureAdvice.Explain(row.Failure)),
        new("detail", row => row.Detail),
        new("next step", row => row.Failure == CaptureFailure.None ? null : CaptureFailureAdvice.NextStep(row.Failure)),
        new("samples", row => SamplesOf(row.Summary)),
        new("lost events", row => row.Summary?.LostEvents),
        new("gcs", row => row.Summary?.GcCount),
        new("objects", row => row.Summary?.ObjectCount is > 0 and var count ? count : null, row => row.Summary?.ObjectCount is > 0 and var count ? Human.Count(count) : ""),
        new("heap", row => row.Summary?.HeapBytes is > 0 and var bytes ? bytes : null, row => row.Summary?.HeapBytes is > 0 and var bytes ? Human.Bytes(bytes) : "") { Csv = "heap_bytes" },
        new("fidelity", row => row.Summary?.Fidelity, row => row.Summary?.Fidelity is { } share ? Human.Percent(share * 100) : ""),
        new("what was seen", row => row.Summary?.FidelitySentence),
        new("stall", row => row.StallMs, row => row.StallMs > 0 ? Human.Milliseconds(row.StallMs) : "") { Csv = "stall_ms" },
        new("sha256", row => row.Sha256),
        new("pause over", row => row.WhenPauseOverMs, row => row.WhenPauseOverMs is { } limit ? Human.Milliseconds(limit) : "") { Csv = "when_pause_over_ms" },
        new("pinned by", row => row.PinnedBy),
        new("files", row => row.RemovedAt is null ? null : RemovalWords.Of(row)),
        new("fired by", row => row.Trigger is null ? null : TriggerOf(row.Trigger)),
    ];

    /// <summary>State, with the phase while it runs and the failure when it has one.</summary>
    public static string StateOf(Capture row) => row switch
    {
        { State: CaptureState.Running, Phase: CapturePhase.Collecting } => $"collecting {row.DoneSeconds}/{row.TotalSeconds} s",
        { State: CaptureState.Running, Phase: CapturePhase.Armed } => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"armed {row.DoneSeconds}/{row.TotalSeconds} s, waiting for a pause over {row.WhenPauseOverMs} ms"),
        { State: CaptureState.Running, Phase: not CapturePhase.Unknown } => CliJson.NameOf(row.Phase),
        { Failure: not CaptureFailure.None and not CaptureFailure.Cancelled } => $"{CliJson.NameOf(row.State)} ({CliJson.NameOf(row.Failure)})",
        _ => CliJson.NameOf(row.State),
    };

    private static string TriggerOf(TriggerPause pause) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"GC {pause.Number} (gen{pause.Generation} {pause.Kind}, {pause.Reason}), {Human.Milliseconds(pause.PauseMs)}, ended {pause.EndedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(pause.Evidence.Length > 0 ? $": {pause.Evidence}" : "")}");

    private static object? SamplesOf(CaptureSummary? summary) =>
        summary is { CpuSampleCount: > 0 } ? summary.CpuSampleCount : summary is { AllocSampleCount: > 0 } ? summary.AllocSampleCount : null;
}
