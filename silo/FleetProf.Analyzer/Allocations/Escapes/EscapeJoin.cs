using System.Text.Json;
using FleetProf.Analysis.Allocations.Escapes;
using FleetProf.Analyzer.Profiles.Pprof;

namespace FleetProf.Analyzer.Allocations.Escapes;

/// <summary>Joins an escape report of Go with an allocation profile, writes escapes.json and escapes.csv and returns the summary as one line of JSON.</summary>
internal static class EscapeJoin
{
    /// <exception cref="UnreadableArtifactException">One of the two cannot be read, or the profile holds no allocations of Go.</exception>
    public static byte[] Run(PairOptions options)
    {
        var profile = PprofFile.TryRead(options.Second) ?? throw new UnreadableArtifactException("the second file is no pprof profile");
        if (profile.IndexOf("alloc_space") >= 0 && profile.Places.IsEmpty && profile.Duration > TimeSpan.Zero)
        {
            throw new UnreadableArtifactException(PprofReport.NoCollection);
        }

        if (profile.IndexOf("alloc_space") < 0 || profile.Places.IsEmpty || !profile.Places.IsGo)
        {
            throw new UnreadableArtifactException("the profile holds no allocations of a Go program; take /debug/pprof/allocs?seconds=N");
        }

        var costs = EscapeCosts.Of(EscapeReportFiles.Read(options.First), PprofLines.Allocated(profile));
        var output = new OutputFolder(options.Output, options.MaxOutputBytes);
        output.Write("escapes.json", stream => EscapeCostFile.WriteJson(costs, profile.Duration, stream));
        output.WriteText("escapes.csv", text => EscapeCostFile.WriteCsv(costs, profile.Duration, text));
        var ofTime = profile.Duration > TimeSpan.Zero
            ? PprofReport.OfWholeIntervals(profile.Duration)
            : "the profile counts since the start of the process, so no rate can be given; /debug/pprof/allocs?seconds=N gives the allocations of N seconds";
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                kind = "escapes",
                goVersion = costs.GoVersion,
                durationMs = Math.Round(profile.Duration.TotalMilliseconds, 3),
                totalBytes = Math.Round(costs.TotalBytes),
                siteCount = costs.Sites.Count,
                warnings = costs.Warnings.Append(ofTime),
                files = output.Files,
                omittedFiles = output.Omitted,
            });
        Directory.CreateDirectory(options.Output);
        File.WriteAllBytes(Path.Combine(options.Output, "summary.json"), json);
        return json;
    }
}
