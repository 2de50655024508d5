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

    [Fact]
    public async Task List_Always_LeavesOutTheMark()
    {
        var shelf = new FolderShelf(folder["shelf"]);
        await shelf.PutBytesAsync(Name, [1], CancellationToken.None);

        Assert.Equal([Name], await ListAsync(shelf));
        Assert.True(File.Exists(folder[$"shelf/{FolderMark.FileName}"]));
    }

    /// <summary>One of a version before, or one that silos share already.</summary>
    [Fact]
    public async Task New_OverAFolderThatIsThere_KeepsItsFilesAndItsMark()
    {
        Directory.CreateDirectory(folder["shelf/capture-1"]);
        await File.WriteAllTextAsync(folder[$"shelf/{Name}"], "of before");

        Assert.Equal("of before"u8.ToArray(), await new FolderShelf(folder["shelf"]).ReadBytesAsync(Name, CancellationToken.None));
        var mark = FolderMark.Find(folder["shelf"]);
        _ = new FolderShelf(folder["shelf"]);

        Assert.NotNull(mark);
        Assert.Equal(mark, FolderMark.Find(folder["shelf"]));
    }

    /// <summary>As a backup does, which may read a folder that it cannot write.</summary>
    [Fact]
    public async Task New_OnlyToCopy_LeavesNoMarkAndNoticesAllTheSameThatTheFolderGoes()
    {
        var shelf = new FolderShelf(folder["shelf"], marks: false);
        await shelf.PutBytesAsync(Name, [1], CancellationToken.None);
        Assert.Null(FolderMark.Find(folder["shelf"]));
        Assert.Equal([Name], await ListAsync(shelf));

        Directory.Move(folder["shelf"], folder["away"]);

        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.OpenAsync(Name, CancellationToken.None));
    }

    /// <summary>A share that is not mounted any more leaves no folder, an empty one, or what a silo that once started without the share put there.</summary>
    [Theory]
    [InlineData("nothing")]
    [InlineData("empty")]
    [InlineData("another")]
    public async Task Share_ThatIsAway_IsSaidToBeSoAndNothingIsSaidToBeGone(string left)
    {
        var shelf = new FolderShelf(folder["shelf"], () => 1_000);
        await shelf.PutBytesAsync(Name, "whole"u8.ToArray(), CancellationToken.None);
        Directory.Move(folder["shelf"], folder["away"]);
        if (left != "nothing")
        {
            Directory.CreateDirectory(folder["shelf"]);
        }

        if (left == "another")
        {
            FolderMark.Make(folder["shelf"]);
        }

        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.RemoveAsync("capture-1", CancellationToken.None));
        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.OpenAsync(Name, CancellationToken.None));
        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.ReadBytesAsync(Name, CancellationToken.None));
        await Assert.ThrowsAsync<StoreAwayException>(() => shelf.PutBytesAsync(Name, [2], CancellationToken.None));
        await Assert.ThrowsAsync<StoreAwayException>(() => ListAsync(shelf));
        Assert.Throws<StoreAwayException>(() => shelf.PathForNew(Name));
        Assert.Throws<StoreAwayException>(() => shelf.FreeBytes);
        Assert.False(Directory.Exists(folder["shelf/capture-1"]), "Something was put where the share is not.");

        if (left != "nothing")
        {
            Directory.Delete(folder["shelf"], recursive: true);
        }

        Directory.Move(folder["away"], folder["shelf"]);
        Assert.Equal("whole"u8.ToArray(), await shelf.ReadBytesAsync(Name, CancellationToken.None));
        await shelf.RemoveAsync("capture-1", CancellationToken.None);
        Assert.Null(await shelf.OpenAsync(Name, CancellationToken.None));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<List<string>> ListAsync(FolderShelf shelf)
    {
        var names = new List<string>();
        await foreach (var name in shelf.ListAsync("", CancellationToken.None))
        {
            names.Add(name);
        }

        return names;
    }
}
