using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Tests.Captures.Sealing;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Certificates;

public sealed class AuthorityFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RestingTime time = new();

    public void Dispose()
    {
        time.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Claim_AnotherSiloHoldsItForAMoment_WaitsForIt()
    {
        var other = Folder().Claim();
        var claiming = Task.Run(() => Folder().Claim(), TestContext.Current.CancellationToken);
        await time.Rests.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.False(claiming.IsCompleted);

        other.Dispose();
        time.Advance(TimeSpan.FromSeconds(1));

        (await claiming.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Claim_AnotherSiloHoldsItForTooLong_SaysWhereAndWhatToDo()
    {
        using var other = Folder().Claim();
        var claiming = Task.Run(() => Folder().Claim(), TestContext.Current.CancellationToken);
        await time.Rests.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        time.Advance(AuthorityFolder.Patience);

        var refused = await Assert.ThrowsAsync<IOException>(() => claiming.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Contains($"{Path} has been held by another silo for 10 s.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_FolderThatCannotBeMade_FailsAtOnce()
    {
        File.WriteAllText(Path, "no folder");

        Assert.ThrowsAny<IOException>(() => Folder().Claim());
    }

    /// <summary>As after a `fleetprof ca cluster` that root ran.</summary>
    [Fact]
    public void Claim_FolderOfAnotherUser_SaysWhoseItMustBeAndTheCommand()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Path);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path, (UnixFileMode)0b101_101_101);

        var refused = Denied.To(() => Assert.Throws<IOException>(() => Folder().Claim()));

        Assert.Contains($"{Path} must belong to the silo's user", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"run as root: chown -R {Environment.UserName}: {Path}", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>As after a new issuer that root made beside the silo's own files: no backup would help.</summary>
    [Fact]
    public void Read_FileOfAnotherUser_SaysWhoseItMustBeAndTheCommand()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Path);
        File.WriteAllText(folder["authority/current"], "issuer");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(folder["authority/current"], UnixFileMode.None);

        var refused = Denied.To(() => Assert.Throws<IOException>(() => Folder().Read()));

        Assert.EndsWith($"run as root: chown -R {Environment.UserName}: {Path}", refused.Message, StringComparison.Ordinal);
    }

    private string Path => folder["authority"];

    private AuthorityFolder Folder() => new(Path, time);

    /// <summary>Tells of each wait that has begun.</summary>
    private sealed class RestingTime : FakeTimeProvider, IDisposable
    {
        public SemaphoreSlim Rests { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Rests.Release();
            return timer;
        }

        public void Dispose() => Rests.Dispose();
    }
}
