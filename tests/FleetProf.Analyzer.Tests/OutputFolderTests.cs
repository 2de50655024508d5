namespace FleetProf.Analyzer.Tests;

public sealed class OutputFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fleetprof-output-").FullName;

    [Fact]
    public void Write_BeyondTheCap_OmitsThatFileAndKeepsTheOthers()
    {
        var output = new OutputFolder(_folder, maxBytes: 100);

        output.Write("a", stream => stream.Write(new byte[60]));
        output.Write("b", stream => stream.Write(new byte[60]));
        output.WriteText("c", text => text.Write("small"));

        Assert.Equal(["a", "c"], output.Files);
        Assert.Equal(["b"], output.Omitted);
        Assert.False(File.Exists(Path.Combine(_folder, "b")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
