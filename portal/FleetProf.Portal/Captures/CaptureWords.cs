using System.Globalization;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Kinds, states and phases as people say them.</summary>
internal static class CaptureWords
{
    public static string Of(CaptureKind kind) => kind switch
    {
        CaptureKind.Trace => "CPU trace",
        CaptureKind.Alloc => "Allocations",
        CaptureKind.Gcdump => "Heap snapshot",
        CaptureKind.Gc => "GC events",
        CaptureKind.Goroutines => "Goroutines",
        _ => kind.ToString(),
    };

    /// <summary>What it does to the target, for the one who chooses.</summary>
    public static string CostOf(CaptureKind kind) => kind switch
    {
        CaptureKind.Trace => "samples the stacks of all threads; the target is stopped briefly for each sample",
        CaptureKind.Alloc => "samples allocations with type and stack; hardly felt",
        CaptureKind.Gcdump => "stops the target for one blocking full GC: from 50 ms to seconds, by heap size",
        CaptureKind.Gc => "records every GC in detail; hardly felt",
        CaptureKind.Goroutines => "Go programs only: counts at which stack the goroutines are at one moment; a short stop",
        _ => "",
    };

    public static string Of(CaptureState state) => state switch
    {
        CaptureState.Pending => "waiting",
        CaptureState.Running => "running",
        CaptureState.Analysing => "analysing",
        CaptureState.Ready => "ready",
        CaptureState.Failed => "failed",
        CaptureState.Quarantined => "quarantined",
        CaptureState.Cancelled => "stopped",
        _ => state.ToString(),
    };

    /// <summary>Where a capture is, with its phase while it runs: "collecting 12 of 30 s", "armed, waiting for a pause over 50 ms".</summary>
    public static string Of(CaptureState state, CapturePhase phase, int doneSeconds, int totalSeconds, double? whenPauseOverMs) => (state, phase) switch
    {
        (CaptureState.Running, CapturePhase.Armed) when whenPauseOverMs is { } limit => $"armed, waiting for a pause over {Milliseconds(limit)}",
        (CaptureState.Running, CapturePhase.Armed) => "armed, waiting for a pause",
        (CaptureState.Running, CapturePhase.Queued) => "queued at the agent",
        (CaptureState.Running, CapturePhase.Attaching) => "attaching",
        (CaptureState.Running, CapturePhase.Collecting) when totalSeconds > 0 =>
            string.Create(CultureInfo.InvariantCulture, $"collecting {doneSeconds} of {totalSeconds} s"),
        (CaptureState.Running, CapturePhase.Collecting) => "collecting",
        (CaptureState.Running, CapturePhase.Rundown) => "rundown: the target names its methods",
        (CaptureState.Running, CapturePhase.Uploading) => "uploading",
        (CaptureState.Running, CapturePhase.Analysing) => "analysing",
        _ => Of(state),
    };

    /// <summary>Shape of the tag that carries the state.</summary>
    public static string TagOf(CaptureState state) => state switch
    {
        CaptureState.Ready => "fp-tag fp-good",
        CaptureState.Failed => "fp-tag fp-bad",
        CaptureState.Quarantined => "fp-tag fp-warn",
        CaptureState.Running or CaptureState.Analysing => "fp-tag fp-live",
        _ => "fp-tag",
    };

    /// <summary>"GC 812 (gen2 blocking, Induced) stopped the process for 143 ms at 2026-03-14 14:02:11 UTC"</summary>
    public static string Of(TriggerPause pause) => string.Create(
        CultureInfo.InvariantCulture, $"GC {pause.Number} (gen{pause.Generation} {pause.Kind}, {pause.Reason}) stopped the process for {Milliseconds(pause.PauseMs)} at {Time(pause.EndedAt)}");

    /// <summary>"50 ms", "12.5 ms".</summary>
    public static string Milliseconds(double value) => value.ToString(value < 100 ? "0.##" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>12.3 MB, in powers of ten.</summary>
    public static string Bytes(double value)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var unit = 0;
        for (; value >= 1000 && unit < units.Length - 1; unit++)
        {
            value /= 1000;
        }

        return $"{value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {units[unit]}";
    }

    /// <summary>1,234,567</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>2026-03-14 14:02:11 UTC</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>"99.8 %" of a heap; never rounded up to the whole.</summary>
    public static string Fidelity(CaptureSummary summary) =>
        summary.Fidelity is { } share ? $"{(share * 100).ToString("0.0", CultureInfo.InvariantCulture)} %" : "not known";

    public static string Percent(double share) => share.ToString(share is > 0 and < 0.1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);

    /// <summary>"4 s", "12 min", "3.5 h".</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        < 6000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
    };
}
