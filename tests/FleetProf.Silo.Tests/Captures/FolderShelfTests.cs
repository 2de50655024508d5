using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Captures;

public sealed class FolderShelfTests : IDisposable
{
    private const string Name = "capture-1/original.nettrace";

    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Put_OfOneNameByTwoSilosAtOnce_GivesEachItsWholeFile()
    {
        var (one, two) = (new FolderShelf(folder["shelf"]), new FolderShelf(folder["shelf"]));
        var (first, second) = (one.PathForNew(Name), two.PathForNew(Name));
        await File.WriteAllTextAsync(first, "of one");
        await File.WriteAllTextAsync(second, "of two");

        await one.PutAsync(Name, first, CancellationToken.None);
        Assert.Equal("of one"u8.ToArray(), await two.ReadBytesAsync(Name, CancellationToken.None));
        await two.PutAsync(Name, second, CancellationToken.None);

        Assert.Equal("of two"u8.ToArray(), await one.ReadBytesAsync(Name, CancellationToken.None));
        Assert.Single(Directory.GetFiles(folder["shelf/capture-1"]));
    }

    [Fact]
    public async Task PathForNew_AfterAWriterThatDied_RemovesWhatItLeftADayLater()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var shelf = new FolderShelf(folder["shelf"], clock: clock);
        var left = shelf.PathForNew(Name);
        await File.WriteAllTextAsync(left, "half");
        shelf.PathForNew(Name);
        Assert.True(File.Exists(left), "What may still be written was removed.");

        clock.Advance(TimeSpan.FromHours(25));
        shelf.PathForNew(Name);

        Assert.False(File.Exists(left), "What nobody writes any more was left.");
    }

    [Fact]
    public async Task Open_OfWhatIsNotThere_IsNull()
    {
        var shelf = new FolderShelf(folder["shelf"]);

        Assert.Null(await shelf.OpenAsync(Name, CancellationToken.None));
        Assert.Null(await shelf.ReadBytesAsync(Name, CancellationToken.None));
    }

    public void Dispose() => folder.Dispose();
}
