using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Profiles;

namespace FleetProf.Analyzer.Tests;

public sealed class OutputFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-output-").FullName;

    [Fact]
    public void Write_BeyondTheCap_OmitsThatFileAndKeepsTheOthers()
    {
        var output = new OutputFolder(_folder, maxBytes: 100, isForSilo: true);

        output.Write("a", stream => stream.Write(new byte[60]));
        output.Write("b", stream => stream.Write(new byte[60]));
        output.WriteText("c", text => text.Write("small"));

        Assert.Equal(["a", "c"], output.Files);
        Assert.Equal(["b"], output.Omitted);
        Assert.Contains("as they do not fit: b; raise FleetProf:Captures:AnalyzerOutputBytes", Assert.Single(output.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "b")));
    }

    [Fact]
    public void Write_ReachingTheCapInTheMiddleOfAFile_OmitsThatFileAndKeepsTheOthers()
    {
        var profile = new Profile(new Measure("samples", "count"));
        for (var i = 0; i < 20_000; i++)
        {
            profile.Add(profile.Stacks.Push(StackTable.Root, profile.Frames.Intern(new Frame($"Shop.M{i}", "Shop"))), 0, 1);
        }

        var output = new OutputFolder(_folder, maxBytes: 200_000);
        output.Write("large", stream => SpeedscopeWriter.Write(profile, "cpu", stream));
        output.WriteText("small", text => text.Write("small"));

        Assert.Equal(["large"], output.Omitted);
        Assert.Equal([Path.Combine(_folder, "small")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_NotEnoughMemoryForOneFile_OmitsThatFileAndKeepsTheOthers()
    {
        var output = new OutputFolder(_folder, maxBytes: 100, isForSilo: true);

        output.Write("large", stream =>
        {
            stream.Write(new byte[10]);
            throw new OutOfMemoryException();
        });
        output.WriteText("small", text => text.Write("small"));

        Assert.Equal(["large"], output.Omitted);
        Assert.Contains("FleetProf:Captures:AnalyzerHeapBytes", Assert.Single(output.Warnings), StringComparison.Ordinal);
        Assert.Equal([Path.Combine(_folder, "small")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_MoreThanTheFormatHolds_OmitsThatFileAndKeepsTheOthers()
    {
        var output = new OutputFolder(_folder, maxBytes: 100);

        output.Write("large", stream =>
        {
            stream.Write(new byte[60]);
            throw new FormatLimitException("too large");
        });
        output.Write("small", stream => stream.Write(new byte[60]));

        Assert.Equal(["small"], output.Files);
        Assert.Equal(["large"], output.Omitted);
        Assert.Equal("left out, as they do not fit: large; too large", Assert.Single(output.Warnings));
        Assert.Equal([Path.Combine(_folder, "small")], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Warnings_OfAnAnalysisWithoutASilo_NameNoSettingOfOne()
    {
        var options = AnalyzeOptions.Parse(["analyze", "heap.gcdump"], out _)!;
        var output = new OutputFolder(_folder, maxBytes: 100, options.IsForSilo);

        output.Write("wide", stream => stream.Write(new byte[200]));
        output.Write("large", _ => throw new OutOfMemoryException());

        Assert.Equal(
            ["left out, as they do not fit: wide; the analyzer writes 4 GiB at most", "left out, as they do not fit: large; a machine with more memory is needed"],
            output.Warnings);
        Assert.True(AnalyzeOptions.Parse(["analyze", "heap.gcdump", "--max-output-bytes", "100"], out _)!.IsForSilo);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
