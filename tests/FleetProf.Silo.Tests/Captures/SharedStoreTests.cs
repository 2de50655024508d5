using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Two silos, each with a data folder of its own, on one folder of artifacts.</summary>
public sealed class SharedStoreTests : IDisposable
{
    private const string Capture = "01jdshared-0001";

    private readonly TemporaryFolder folder = new();
    private readonly ArtifactStore one;
    private readonly ArtifactStore two;

    public SharedStoreTests() => (one, two) = (new ArtifactStore(folder["one"], folder["shared"]), new ArtifactStore(folder["two"], folder["shared"]));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Files_StoredByOneSilo_AreTheOthersToo()
    {
        var part = one.PartialPath(Capture, 1, new string('a', 64));
        await File.WriteAllTextAsync(part, "recorded");
        Assert.Equal(part, two.PartialPath(Capture, 1, new string('a', 64)));

        await two.AdoptOriginalAsync(Capture, part, CancellationToken.None);
        using (var analysis = one.CreateAnalysisFolder(Capture))
        {
            await File.WriteAllTextAsync(Path.Combine(analysis.Output, "summary.json"), "{}");
            await one.AdoptOutputsAsync(Capture, analysis.Output, CancellationToken.None);
        }

        Assert.Equal("recorded", await File.ReadAllTextAsync(one.OriginalPath(Capture)));
        Assert.True(File.Exists(two.FindPath(Capture, "summary.json")));
    }

    [Fact]
    public void Leftovers_OfOneSilo_AreRemovedWithoutWhatTheOtherWorksOn()
    {
        using var busy = two.CreateAnalysisFolder(Capture);
        var left = one.CreateAnalysisFolder(Capture);

        new ArtifactStore(folder["one"], folder["shared"]).RemoveLeftovers(DateTimeOffset.UnixEpoch);

        Assert.False(Directory.Exists(left.Path));
        Assert.True(Directory.Exists(busy.Output));
    }
}
