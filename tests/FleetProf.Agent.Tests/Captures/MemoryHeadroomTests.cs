using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

public sealed class MemoryHeadroomTests : IDisposable
{
    private const string Host = "MemTotal: 9000000 kB\nMemAvailable: 1000000 kB\n";
    private readonly string root = Directory.CreateTempSubdirectory("fp-cgroup-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Of_Version2_IsTheTightestLimitOnTheWayUp()
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", "0::/pods/one\n");
        Write("sys/fs/cgroup/pods/one/memory.max", "max\n");
        Write("sys/fs/cgroup/pods/one/memory.current", "100000\n");
        Write("sys/fs/cgroup/pods/memory.max", "500000\n");
        Write("sys/fs/cgroup/pods/memory.current", "300000\n");
        Write("sys/fs/cgroup/pods/memory.stat", "anon 1\ninactive_file 50000\n");
        Assert.Equal(250_000, MemoryHeadroom.Of(7, root));
    }

    [Theory]
    [InlineData("500000", "400000", 100_000)]
    [InlineData("max", "400000", 100_000)]
    [InlineData("350000", "400000", 50_000)]
    [InlineData("350000", "max", 50_000)]
    public void Of_Version2_IsUpToTheLowerOfMaxAndHigh(string max, string high, long expected)
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", "0::/one\n");
        Write("sys/fs/cgroup/one/memory.max", max + "\n");
        Write("sys/fs/cgroup/one/memory.high", high + "\n");
        Write("sys/fs/cgroup/one/memory.current", "300000\n");
        Assert.Equal(expected, MemoryHeadroom.Of(7, root));
    }

    [Fact]
    public void Of_Version1_ReadsTheMemoryHierarchy()
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", "9:cpu,cpuacct:/other\n4:memory:/pods/one\n0::/\n");
        Write("sys/fs/cgroup/memory/pods/one/memory.limit_in_bytes", "400000\n");
        Write("sys/fs/cgroup/memory/pods/one/memory.usage_in_bytes", "390000\n");
        Write("sys/fs/cgroup/memory/pods/one/memory.stat", "inactive_file 1\ntotal_inactive_file 40000\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5\n");
        Assert.Equal(50_000, MemoryHeadroom.Of(7, root));
    }

    [Theory]
    [InlineData("0::/../pods/one\n", "memory.max", "memory.current", "")]
    [InlineData("4:memory:/../one\n", "memory.limit_in_bytes", "memory.usage_in_bytes", "memory/")]
    public void Of_GroupOutsideOurNamespace_ReadsWhatTheTargetItselfSees(string group, string limit, string usage, string hierarchy)
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", group);
        Write($"proc/7/root/sys/fs/cgroup/{hierarchy}{limit}", "400000\n");
        Write($"proc/7/root/sys/fs/cgroup/{hierarchy}{usage}", "390000\n");
        Assert.Equal(10_000, MemoryHeadroom.Of(7, root));
    }

    [Theory]
    [InlineData("0::/containers/other\n", "memory.max", "memory.current", "")]
    [InlineData("4:memory:/containers/other\n", "memory.limit_in_bytes", "memory.usage_in_bytes", "memory/")]
    public void Of_GroupThatLeadsNowhere_IsNotTheLimitOfTheAgentsOwnContainer(string group, string limit, string usage, string hierarchy)
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", group);
        Write($"sys/fs/cgroup/{hierarchy}{limit}", "200000\n");
        Write($"sys/fs/cgroup/{hierarchy}{usage}", "90000\n");
        Assert.Equal(1_000_000L * 1024, MemoryHeadroom.Of(7, root));
    }

    [Fact]
    public void Of_NoLimit_IsWhatTheHostHasLeft()
    {
        Write("proc/meminfo", Host);
        Write("proc/7/cgroup", "0::/../../elsewhere\n");
        Assert.Equal(1_000_000L * 1024, MemoryHeadroom.Of(7, root));
    }

    [Fact]
    public void Of_NothingReadable_IsUnknown() => Assert.Null(MemoryHeadroom.Of(7, root));

    [Fact]
    public void Of_ThisProcess_IsBetweenNothingAndAllMemory() =>
        Assert.InRange(MemoryHeadroom.Of(Environment.ProcessId)!.Value, 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 2);

    [Theory]
    [InlineData(100_000_000, 150_000_000L, null)]
    [InlineData(100_000_000, 250_000_000L, 200)]
    [InlineData(100_000_000, null, HeapSnapshotBudget.MaxBufferMegabytes)]
    [InlineData(10_000_000, 70_000_000L, null)]
    [InlineData(10_000_000, -1L, null)]
    public void BufferMegabytes_HeapAndHeadroom_FitOrAreRefused(long heap, long? headroom, int? expected)
    {
        Assert.Equal(expected, HeapSnapshotBudget.BufferMegabytes(heap, headroom, out var refusal));
        Assert.Equal(expected is null, refusal.Length > 0);
    }

    [Theory]
    [InlineData(null, CaptureRecipe.MaxStreamMegabytes)]
    [InlineData(1L << 40, CaptureRecipe.MaxStreamMegabytes)]
    [InlineData(100L << 20, 80)]
    [InlineData(40L << 20, 32)]
    [InlineData(39L << 20, null)]
    [InlineData(-1L, null)]
    public void StreamMegabytes_Headroom_BoundsTheBufferOrIsRefused(long? headroom, int? expected)
    {
        Assert.Equal(expected, HeapSnapshotBudget.StreamMegabytes(headroom, out var refusal));
        Assert.Equal(expected is null, refusal.Length > 0);
    }

    [Theory]
    [InlineData(CaptureKind.Trace, false)]
    [InlineData(CaptureKind.Alloc, true)]
    [InlineData(CaptureKind.Gc, true)]
    [InlineData(CaptureKind.Gcdump, false)]
    public void Recipe_OfAnyKind_AsksForTheBufferThatItsTargetCanSpare(CaptureKind kind, bool canBeHeld)
    {
        var recipe = CaptureRecipe.Of(kind, new Version(10, 0), 80)!;
        Assert.Equal((80, canBeHeld), (recipe.Request.BufferMegabytes, recipe.CanBeHeld));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
