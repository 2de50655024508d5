using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer;

/// <summary>Writes one profile in every format, what the portal shows first. Flame and top table show the profile's first measure.</summary>
internal sealed class ProfileFiles(string prefix, string unit, long lostEvents)
{
    private const int ShownMeasure = 0;

    /// <summary>The same samples from the leaf on: for allocations the type, then the method that made it, then its callers.</summary>
    public void WriteInverted(Profile profile, string name, OutputFolder output)
    {
        var flame = FlameGraph.Of(profile.Inverted(), ShownMeasure);
        output.Write($"{prefix}.{name}.flame.json", stream => flame.WriteJson(stream, unit, profile.SampleCount, lostEvents));
    }

    public void Write(Profile profile, OutputFolder output)
    {
        var flame = FlameGraph.Of(profile, ShownMeasure);
        output.Write($"{prefix}.flame.json", stream => flame.WriteJson(stream, unit, profile.SampleCount, lostEvents));
        var top = TopTable.Of(profile, ShownMeasure);
        output.Write($"{prefix}.top.json", stream => top.WriteJson(stream, unit));
        output.WriteText($"{prefix}.csv", text => top.WriteCsv(text, unit));
        output.Write($"{prefix}.pb.gz", stream => PprofWriter.Write(profile, stream));
        output.WriteText($"{prefix}.collapsed.txt", text => CollapsedWriter.Write(profile, ShownMeasure, text));
        output.Write($"{prefix}.speedscope.json", stream => SpeedscopeWriter.Write(profile, prefix, stream));
    }
}
