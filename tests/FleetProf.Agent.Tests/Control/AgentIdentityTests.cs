using FleetProf.Agent.Control;

namespace FleetProf.Agent.Tests.Control;

public sealed class AgentIdentityTests : IDisposable
{
    private const UnixFileMode ForEverybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly string path = Directory.CreateTempSubdirectory("fleetprof-identity-").FullName;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public void Identity_IsMadeOnceAndReadableByItsOwnerOnly()
    {
        AgentIdentity first, second;
        using (var folder = new StateFolder(Path.Combine(path, "state"))) first = AgentIdentity.ReadOrCreate(folder, TimeProvider.System);
        using (var folder = new StateFolder(Path.Combine(path, "state"))) second = AgentIdentity.ReadOrCreate(folder, TimeProvider.System);
        Assert.Equal(first, second);
        Assert.Equal(26, first.AgentId.Length);
        Assert.DoesNotContain(first.Secret, first.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(path, "state", "identity.json")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(path, "state")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"AgentId\":\"short\",\"Secret\":\"x\"}")]
    [InlineData("not json")]
    public void File_Broken_IsNotReplacedInSilence(string content)
    {
        using var folder = new StateFolder(path);
        File.WriteAllText(folder.PathOf("identity.json"), content);
        var error = Assert.Throws<IOException>(() => AgentIdentity.ReadOrCreate(folder, TimeProvider.System));
        Assert.Contains("delete it", error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(folder.PathOf("identity.json")));
    }

    /// <summary>As the kubelet makes one on its host.</summary>
    [Fact]
    public void Folder_ThatWasThereForEverybody_IsItsOwnersAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Path.Combine(path, "vitals"));
        File.SetUnixFileMode(path, ForEverybody);
        using var folder = new StateFolder(path);

        Assert.Null(folder.Exposure);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf("lock")));
    }

    /// <summary>A fresh ext4 volume has a folder of the file system's.</summary>
    [Fact]
    public void Folder_OnAVolumeOfItsOwn_IsItsOwnersAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Path.Combine(path, "lost+found"));
        File.SetUnixFileMode(path, ForEverybody);
        using var folder = new StateFolder(path);

        Assert.Null(folder.Exposure);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    /// <summary>Somebody named /var/lib, or forgot the last name of the path.</summary>
    [Fact]
    public void Folder_WithFoldersOfOthers_KeepsItsRightsAndSaysSo()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Path.Combine(path, "postgresql"));
        File.SetUnixFileMode(path, ForEverybody);
        using var folder = new StateFolder(path);

        Assert.Contains("a folder of its own", folder.Exposure, StringComparison.Ordinal);
        Assert.Equal(ForEverybody, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf("lock")));
    }

    [Fact]
    public void Folder_Claimed_IsRefusedToASecond()
    {
        using var first = new StateFolder(path);
        Assert.Contains("another agent", Assert.Throws<IOException>(() => new StateFolder(path)).Message, StringComparison.Ordinal);
    }
}
