using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Tests.Discovery.Procfs;

/// <summary>A tree that belongs to somebody else, full of ways out.</summary>
public sealed class TargetRootTests : IDisposable
{
    private readonly string outside = Directory.CreateTempSubdirectory("fleetprof-root-").FullName;
    private readonly string inside;

    public TargetRootTests()
    {
        inside = Directory.CreateDirectory(Path.Combine(outside, "container")).FullName;
        File.WriteAllText(Path.Combine(outside, "secret"), "of the host");
        Directory.CreateDirectory(Path.Combine(outside, "folder"));
        Directory.CreateDirectory(Path.Combine(inside, "tmp"));
        File.WriteAllText(Path.Combine(inside, "tmp", "file"), "of the container");
    }

    public void Dispose() => Directory.Delete(outside, recursive: true);

    [Theory]
    [InlineData("/secret")]
    [InlineData("/../secret")]
    [InlineData("/tmp/../../secret")]
    [InlineData("/up/secret")]
    [InlineData("/absolute")]
    [InlineData("/tmp")]
    [InlineData("/pipe")]
    [InlineData("/large")]
    public void File_Outside_OrNotAFile_IsNotOpened(string path)
    {
        File.CreateSymbolicLink(Path.Combine(inside, "up"), "..");
        File.CreateSymbolicLink(Path.Combine(inside, "absolute"), Path.Combine(outside, "secret"));
        File.WriteAllBytes(Path.Combine(inside, "large"), new byte[5000]);
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(inside, "pipe")]);
        mkfifo.WaitForExit();
        using var root = TargetRoot.At(inside);
        using var file = root.OpenFile(path, 4096);
        Assert.Null(file);
    }

    [Theory]
    [InlineData("/tmp/file")]
    [InlineData("/link")]
    [InlineData("/../../../tmp/file")]
    public void File_Inside_IsOpened(string path)
    {
        File.CreateSymbolicLink(Path.Combine(inside, "link"), "/tmp/file");
        using var root = TargetRoot.At(inside);
        using var reader = new StreamReader(root.OpenFile(path, 4096)!);
        Assert.Equal("of the container", reader.ReadToEnd());
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("/tmp/")]
    public void Folder_Plain_IsReachedByItsPath(string path)
    {
        using var root = TargetRoot.At(inside);
        var found = root.OpenFolder(path);
        using var handle = found!.Value.Folder;
        Assert.Equal(Path.Combine(inside, "tmp"), found.Value.Path);
    }

    [Fact]
    public void Folder_LinkOutOfTheTree_IsRefused()
    {
        Directory.CreateSymbolicLink(Path.Combine(inside, "escape"), Path.Combine(outside, "folder"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "relative"), "../folder");
        using var root = TargetRoot.At(inside);
        Assert.Null(root.OpenFolder("/escape"));
        Assert.Null(root.OpenFolder("/relative"));
        Assert.Null(root.OpenFolder("/tmp/file"));
    }

    /// <summary>Where the other tests of this class can pass at all.</summary>
    [Fact]
    public void ProbeError_KernelWithOpenAt2_IsNone() => Assert.Equal(0, TargetRoot.ProbeError());

    [Fact]
    public void Folder_LinkInOurOwnTree_IsReachedWithoutTheLink()
    {
        var link = Path.Combine(outside, "link");
        Directory.CreateSymbolicLink(link, Path.Combine(outside, "folder"));
        using var root = TargetRoot.At("/");
        var found = root.OpenFolder(link);
        using var handle = found!.Value.Folder;
        Assert.Equal(Path.Combine(outside, "folder"), found.Value.Path);
    }
}
