using System.Diagnostics;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public sealed class LeftoversTests
{
    private const int Alive = 70;

    private readonly Leftovers left = new("4026531836", pid => pid == Alive);

    /// <summary>The number of a process means nothing in another namespace, and what has none may be anybody's.</summary>
    [Theory]
    [InlineData("fleetprof-faults-4026531836-69", true)]
    [InlineData("fleetprof-faults-4026531836-69-Qx3kZa", true)]
    [InlineData("fleetprof-faults-4026531836-70", false)]
    [InlineData("fleetprof-faults-4026531836-70-Qx3kZa", false)]
    [InlineData("fleetprof-faults-4026532999-69", false)]
    [InlineData("fleetprof-faults", false)]
    [InlineData("fleetprof-faults-Qx3kZa", false)]
    [InlineData("fleetprof-faults-chaos-4026531836-69.jsonl", false)]
    [InlineData("my-fleetprof-faults-4026531836-69", false)]
    public void Name_OfAnythingButADeadRunOfThisNamespace_IsLeftAlone(string name, bool isLeft) => Assert.Equal(isLeft, left.IsLeft(name));

    [Fact]
    public void Rules_OfADeadRun_AreDeletedByTheWordsTheyWereSetBy()
    {
        const string Dead = "OUTPUT -o lo -p tcp -m tcp --sport 20001 -m statistic --mode random --probability 0.30000000028 -m comment --comment fleetprof-faults-4026531836-69 -j DROP";

        var rules = left.RulesOf($"""
            -P OUTPUT ACCEPT
            -A {Dead}
            -A OUTPUT -o lo -p tcp -m tcp --dport 20002 -m comment --comment "fleetprof-faults-4026531836-68" -j DROP
            -A OUTPUT -o lo -p tcp -m tcp --dport 20003 -m comment --comment fleetprof-faults-4026531836-70 -j DROP
            -A OUTPUT -o lo -p tcp -m tcp --dport 20004 -m comment --comment fleetprof-faults -j DROP
            -A OUTPUT -p udp -j DROP

            """);

        Assert.Equal([Dead, Dead.Replace("--sport 20001 -m statistic --mode random --probability 0.30000000028", "--dport 20002", StringComparison.Ordinal).Replace("-69", "-68", StringComparison.Ordinal)], rules.Select(rule => string.Join(' ', rule)));
    }

    [Fact]
    public void Disks_OfADeadRun_AreThoseInFoldersOfItsName() => Assert.Equal(
        ["/tmp/fleetprof-faults-4026531836-69-Qx3kZa/agent0", "/tmp/fleetprof-faults-4026531836-69-Qx3kZa/shared"],
        left.DisksOf("""
            tmpfs /tmp tmpfs rw 0 0
            tmpfs /tmp/fleetprof-faults-4026531836-69-Qx3kZa/agent0 tmpfs rw,size=65536k 0 0
            tmpfs /tmp/fleetprof-faults-4026531836-69-Qx3kZa/shared tmpfs rw,size=786432k 0 0
            tmpfs /tmp/fleetprof-faults-4026531836-70-Qx3kZa/agent0 tmpfs rw,size=65536k 0 0
            tmpfs /tmp/fleetprof-faults-Qx3kZa/agent0 tmpfs rw,size=65536k 0 0
            /dev/sda1 /tmp/fleetprof-faults-4026531836-69-Qx3kZa/disk ext4 rw 0 0

            """));

    [Fact]
    [Trait("Ring", "process")]
    public async Task Remove_DiskOfARunThatHasEnded_UnmountsItAndNoneOfARunThatLives()
    {
        Assert.SkipUnless(SmallDisk.IsPossible, "Only root may mount a small disk.");
        using var ended = Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        var (theirs, ours) = (FolderOf(Leftovers.MarkOf(ended.Id)), FolderOf(Leftovers.Mark));
        using var disk = SmallDisk.Mount(theirs, 1);
        using var mine = SmallDisk.Mount(ours, 1);
        await File.WriteAllTextAsync(Path.Combine(theirs, "file"), "left", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(ours, "file"), "mine", TestContext.Current.CancellationToken);

        Leftovers.Remove();

        Assert.Empty(Directory.GetFileSystemEntries(theirs));
        Assert.Single(Directory.GetFileSystemEntries(ours));
        mine.Dispose();
        Directory.Delete(theirs);
        Directory.Delete(ours);
    }

    private static string FolderOf(string mark) => Path.Combine(Path.GetTempPath(), $"{mark}-leftovers-test");
}
