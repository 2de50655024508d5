using FleetProf.Analyzer.Nettrace;

namespace FleetProf.Analyzer;

/// <summary>Reads one artifact, writes its result files and returns the summary as one line of JSON.</summary>
internal static class ArtifactAnalysis
{
    public static byte[] Run(AnalyzeOptions options)
    {
        var output = new OutputFolder(options.Output, options.MaxOutputBytes);
        var summary = RecordingReport.Write(Recording.Read(options.Input), options.Kind, output);
        var json = summary.ToJson();

        // Always written, however small the cap: without it nobody knows what the other files are.
        Directory.CreateDirectory(options.Output);
        File.WriteAllBytes(Path.Combine(options.Output, "summary.json"), json);
        return json;
    }
}
