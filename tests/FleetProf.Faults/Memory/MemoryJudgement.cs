using System.Globalization;

namespace FleetProf.Faults.Memory;

/// <summary>What the readings of one process say of its memory.</summary>
/// <param name="Verdict">About its live objects and native memory together.</param>
/// <param name="Late">Complete readings after the warm-up, with their times in hours.</param>
/// <param name="Failed">Readings after the warm-up that were not complete.</param>
/// <param name="PercentPerHour">Of the median RSS; null when that was not computed.</param>
internal sealed record MemoryJudgement(MemoryVerdict Verdict, IReadOnlyList<(double Hours, MemoryReading Reading)> Late, int Failed, MemoryTrend? PercentPerHour)
{
    private const double Megabyte = 1048576;

    public required string Process { get; init; }

    public required int Pid { get; init; }

    /// <summary>Bytes of live objects and native memory for each capture of the fleet that came to its end; null when there were none.</summary>
    public double? BytesPerCapture { get; init; }

    public double Minutes => Late.Count == 0 ? 0 : (Late[^1].Hours - Late[0].Hours) * 60;

    /// <summary>One line for the reader.</summary>
    public override string ToString()
    {
        var head = $"memory of {Process} (process {Pid}): ";
        var captures = BytesPerCapture is null ? "no captures" : Text($"{BytesPerCapture:+0;-0} bytes of both a capture");
        var failed = Failed > 0 ? Text($", {Failed} more failed") : "";
        var readings = Text($"{Late.Count} readings over {Minutes:0.0} min after a warm-up of {MemoryJudge.WarmUp.TotalMinutes:0} min{failed}");
        return PercentPerHour is not { } trend
            ? Text($"{head}not judged, {readings}, {MemoryJudge.LeastReadings} over {MemoryJudge.LeastTime.TotalMinutes:0} min are needed")
            : Text($"{head}{Word(Verdict)}, {trend.Slope:+0.00;-0.00} %/h of the median RSS (95 %: {trend.Low:+0.00;-0.00} to {trend.High:+0.00;-0.00}; allowed: {MemoryJudge.AllowedPercentPerHour:0}); ")
                + Text($"{PartText("live objects", reading => reading.Live ?? 0)}, {PartText("native", reading => reading.Native ?? 0)}, {captures}; ")
                + Text($"not judged: {PartText("code", reading => reading.Code)}, {PartText("RSS", reading => reading.Resident)}; {readings}");
    }

    private string PartText(string name, Func<MemoryReading, long> part)
    {
        var slope = MemoryTrend.SlopeOf([.. Late.Select(at => at.Hours)], [.. Late.Select(at => part(at.Reading) / Megabyte)]);
        return Text($"{name} {part(Late[0].Reading) / Megabyte:0.0} to {part(Late[^1].Reading) / Megabyte:0.0} MB ({slope:+0.00;-0.00} MB/h)");
    }

    private static string Word(MemoryVerdict verdict) => verdict switch
    {
        MemoryVerdict.Kept => "kept",
        MemoryVerdict.Leak => "LEAK",
        MemoryVerdict.NotDecided => "not decided",
        _ => "not judged",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
