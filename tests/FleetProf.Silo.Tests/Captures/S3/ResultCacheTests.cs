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
            await using var copy = await cache.OpenAsync($"k-{number}/analysis/heap.tree", "1", path => File.WriteAllTextAsync(path, "tree", token));
            Assert.Equal(4, copy.Length);
        });

        Assert.Equal(300, folder.EnumerateFiles("*", SearchOption.AllDirectories).Count());
    }

    public void Dispose() => folder.Delete(recursive: true);
}
