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

    public SharedStoreTests() => (one, two) = (Store("one"), Store("two"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Files_StoredByOneSilo_AreTheOthersToo()
    {
        using (var part = one.OpenPart(Capture, 1, new string('a', 64), 1_000))
        {
            await part.AppendAsync(CaptureRig.Chunk(CaptureRig.Content(1_000), 0, 600), CancellationToken.None);
        }

        using (var part = two.OpenPart(Capture, 1, new string('a', 64), 1_000))
        {
            Assert.Equal(600, part.ReceivedBytes);
        }

        await StoredCapture.AddOriginalAsync(two, CaptureRig.Content(1_000), Capture);
        using (var analysis = one.CreateAnalysisFolder(Capture))
        {
            await File.WriteAllTextAsync(Path.Combine(analysis.Output, "summary.json"), "{}");
            await one.AdoptOutputsAsync(Capture, StoredCapture.Run, analysis.Output, CancellationToken.None);
        }

        Assert.Equal(CaptureRig.Content(1_000), await StoredCapture.ReadAsync(one, Capture, "original.nettrace"));
        Assert.Equal("{}"u8.ToArray(), await StoredCapture.ReadAsync(two, Capture, "summary.json"));
    }

    [Fact]
    public void Leftovers_OfOneSilo_AreRemovedWithoutWhatTheOtherWorksOn()
    {
        using var busy = two.CreateAnalysisFolder(Capture);
        var left = one.CreateAnalysisFolder(Capture);

        // Where a silo of the version before let its analyzer work.
        var former = Directory.CreateDirectory(folder[$"shared/work/{ArtifactStore.OwnName(folder["one"])}/capture-1.x/out"]).FullName;
        new ArtifactStore(folder["one"], folder["shared"]).RemoveLeftovers();

        Assert.False(Directory.Exists(former));
        Assert.False(Directory.Exists(left.Path));
        Assert.True(Directory.Exists(busy.Output));
    }

    /// <summary>Agents keep what they have and come back, as with a bucket that does not answer.</summary>
    [Fact]
    public void Upload_WhileTheShareIsNotMounted_WaitsForIt()
    {
        Directory.Move(folder["shared"], folder["away"]);
        Assert.Throws<StoreAwayException>(() => one.OpenPart(Capture, 1, new string('a', 64), 1_000));

        Directory.Move(folder["away"], folder["shared"]);
        using var part = one.OpenPart(Capture, 1, new string('a', 64), 1_000);
        Assert.Equal(0, part.ReceivedBytes);
    }

    private ArtifactStore Store(string silo) => new(folder[silo], folder["shared"], runOf: StoredCapture.RunOfAsync);
}
