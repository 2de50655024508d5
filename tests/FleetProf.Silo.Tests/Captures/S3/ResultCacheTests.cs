using FleetProf.Silo.Captures.Artifacts.S3;

namespace FleetProf.Silo.Tests.Captures.S3;

public sealed class ResultCacheTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-results-");

    /// <summary>Each looks through all copies, of which others are just getting their names.</summary>
    [Fact]
    public async Task Open_OfManyAtTheSameTime_GivesEachItsCopy()
    {
        var cache = new ResultCache(folder.FullName, mostBytes: 1 << 20);

        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, token) =>
        {
            await using var copy = await cache.OpenAsync($"k-{number}/analysis/heap.tree", "1", 4, path => File.WriteAllTextAsync(path, "tree", token));
            Assert.Equal(4, copy!.Length);
        });

        Assert.Equal(300, Copies().Count());
    }

    /// <summary>What can be fetched again gives way to recordings, of which every one would be refused on a volume that copies keep full.</summary>
    [Fact]
    public async Task Open_VolumeBelowItsReserve_DropsOtherCopies()
    {
        var recordings = 0L;
        var cache = new ResultCache(folder.FullName, mostBytes: 1 << 20, reserveBytes: 500, freeBytes: () => 1_000 - recordings - Copies().Sum(copy => copy.Length));
        await KeepAsync(cache, 1);
        await KeepAsync(cache, 2);
        Assert.Equal(2, Copies().Count());

        recordings = 200;
        await KeepAsync(cache, 3);
        Assert.Equal("k-3", Assert.Single(Copies()).Directory!.Name);

        // Not even alone.
        recordings = 400;
        Assert.Null(await cache.OpenAsync("k-4/analysis/heap.tree", "1", 200, _ => throw new IOException("There is no room for it.")));
        Assert.Empty(Copies());
    }

    /// <summary>As of a silo that was killed meanwhile.</summary>
    [Fact]
    public async Task Start_AfterOneThatWasFetchingACopy_RemovesWhatThereIsOfIt()
    {
        await KeepAsync(new ResultCache(folder.FullName, mostBytes: 1 << 20), 1);
        var copy = Assert.Single(Copies()).FullName;
        await File.WriteAllTextAsync($"{copy}.x.new", "half");

        _ = new ResultCache(folder.FullName, mostBytes: 1 << 20);

        Assert.Equal(copy, Assert.Single(Copies()).FullName);
    }

    private static async Task KeepAsync(ResultCache cache, int number)
    {
        await using var copy = await cache.OpenAsync($"k-{number}/analysis/heap.tree", "1", 200, path => File.WriteAllBytesAsync(path, new byte[200]));
        Assert.Equal(200, copy!.Length);
    }

    private IEnumerable<FileInfo> Copies() => folder.EnumerateFiles("*", SearchOption.AllDirectories);

    public void Dispose() => folder.Delete(recursive: true);
}
