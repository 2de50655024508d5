using System.Security.Cryptography;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Spool;

namespace FleetProf.Agent.Tests.Captures.Spool;

public sealed class SpoolFileTests : IDisposable
{
    private static readonly CaptureKey Key = new("../../c", 1);
    private readonly string root = Directory.CreateTempSubdirectory("fp-spool-").FullName;

    private string Folder => Path.Combine(root, "artifacts");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Write_InPieces_HashesWhatIsInTheFile()
    {
        var spool = new ArtifactSpool(Folder, 1_000_000, 0);
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        string? sha256;
        using (var file = spool.Create(Key, long.MaxValue))
        {
            for (var i = 0; i < bytes.Length; i += 1_000) file.Write(bytes.AsSpan(i, 1_000));
            sha256 = file.Seal();
        }
        Assert.Equal(bytes, File.ReadAllBytes(spool.PathOf(Key)));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), sha256);
        Assert.Equal(Folder, Path.GetDirectoryName(spool.PathOf(Key)));
    }

    [Fact]
    public void Write_BeyondTheFilesLimit_CutsThereAndHashesWhatWasKept()
    {
        var spool = new ArtifactSpool(Folder, 1_000_000, 0);
        using var file = spool.Create(Key, 10);
        file.Write(new byte[7]);
        Assert.False(file.IsCut);
        file.Write(new byte[7]);
        file.Write(new byte[7]);
        Assert.True(file is { IsCut: true, Length: 10, IsSpoolFull: false });
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[10])), file.Seal());
    }

    [Fact]
    public void Write_BeyondTheSpoolsLimit_IsFullWithTheOthersCounted()
    {
        var spool = new ArtifactSpool(Folder, 1_000, 0);
        using (var other = spool.Create(new CaptureKey("other", 1), long.MaxValue)) other.Write(new byte[600]);
        using var file = spool.Create(Key, long.MaxValue);
        file.Write(new byte[400]);
        Assert.False(file.IsSpoolFull);
        file.Write(new byte[1]);
        Assert.True(file is { IsSpoolFull: true, Length: 400 });
    }

    [Fact]
    public void RoomBytes_DiskBelowItsReserve_IsNotPositive() => Assert.True(new ArtifactSpool(Folder, 1_000, long.MaxValue / 2).RoomBytes() <= 0);

    [Fact]
    public void DeleteOrphans_FilesOfNobody_AreGone()
    {
        var spool = new ArtifactSpool(Folder, 1_000_000, 0);
        spool.Create(Key, 1).Dispose();
        spool.Create(new CaptureKey("other", 1), 1).Dispose();
        spool.DeleteOrphans([Key]);
        Assert.Equal([spool.PathOf(Key)], Directory.GetFiles(Folder));
    }
}
