using FleetProf.Cli.Demo;

namespace FleetProf.Cli.Tests.Demo;

public sealed class DemoFolderTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("fleetprof-test-").FullName;

    [Fact]
    public async Task MakeFresh_FolderOfAnEarlierDemo_IsEmptied()
    {
        var first = await DemoFolder.MakeFreshAsync(_data, TimeProvider.System, TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(first, "old"), "");
        File.WriteAllText(Path.Combine(_data, "kept"), "");

        var second = await DemoFolder.MakeFreshAsync(_data, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(first, second);
        Assert.False(File.Exists(Path.Combine(second, "old")));
        Assert.True(File.Exists(Path.Combine(_data, "kept")));
    }

    [Fact]
    public async Task MakeFresh_FolderOfSomebodyElse_IsLeftAlone()
    {
        var other = Directory.CreateDirectory(Path.Combine(_data, "demo")).FullName;
        File.WriteAllText(Path.Combine(other, "precious"), "");

        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => DemoFolder.MakeFreshAsync(_data, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Contains(other, refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(other, "precious")));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);
}
