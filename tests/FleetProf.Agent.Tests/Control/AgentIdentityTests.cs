using FleetProf.Agent.Control;

namespace FleetProf.Agent.Tests.Control;

public sealed class AgentIdentityTests : IDisposable
{
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

    [Fact]
    public void Folder_Claimed_IsRefusedToASecond()
    {
        using var first = new StateFolder(path);
        Assert.Contains("another agent", Assert.Throws<IOException>(() => new StateFolder(path)).Message, StringComparison.Ordinal);
    }
}
