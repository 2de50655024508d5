using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FleetProf.Analyzer.Confinement;

namespace FleetProf.Analyzer.Tests.Confinement;

/// <summary>The filter's answers, by a machine of the tests; numbers of calls are written out here and not taken from the filter's table.</summary>
public sealed partial class CallFilterTests
{
    private const int Self = 4_242;
    private const uint X64 = 0xC000003E;
    private const uint Arm64 = 0xC00000B7;
    private const uint I386 = 0x40000003;

    public static TheoryData<string, uint, uint> RefusedCalls => new()
    {
        { "execve", 59, 221 }, { "execveat", 322, 281 }, { "socket", 41, 198 }, { "connect", 42, 203 }, { "bind", 49, 200 }, { "listen", 50, 201 }, { "accept4", 288, 242 },
        { "ptrace", 101, 117 }, { "process_vm_readv", 310, 270 }, { "process_vm_writev", 311, 271 }, { "mount", 165, 40 }, { "unshare", 272, 97 }, { "setns", 308, 268 },
        { "bpf", 321, 280 }, { "perf_event_open", 298, 241 }, { "userfaultfd", 323, 282 }, { "io_uring_setup", 425, 425 }, { "keyctl", 250, 219 }, { "kexec_load", 246, 104 },
        { "init_module", 175, 105 }, { "reboot", 169, 142 }, { "setuid", 105, 146 }, { "setgroups", 116, 159 }, { "open_by_handle_at", 304, 265 }, { "pidfd_getfd", 438, 438 },
        { "tkill", 200, 130 }, { "rt_sigqueueinfo", 129, 138 }, { "chroot", 161, 51 }, { "fchmod", 91, 52 }, { "symlinkat", 266, 36 },
    };

    /// <summary>What runtimes were seen to call while they read and wrote files, and what they need to stop and to end.</summary>
    public static TheoryData<string, uint, uint> NeededCalls => new()
    {
        { "read", 0, 63 }, { "write", 1, 64 }, { "openat", 257, 56 }, { "close", 3, 57 }, { "mmap", 9, 222 }, { "mprotect", 10, 226 }, { "munmap", 11, 215 }, { "madvise", 28, 233 },
        { "futex", 202, 98 }, { "memfd_create", 319, 279 }, { "membarrier", 324, 283 }, { "rt_sigaction", 13, 134 }, { "sched_getaffinity", 204, 123 }, { "exit_group", 231, 94 },
        { "unlinkat", 263, 35 }, { "mkdirat", 258, 34 }, { "flock", 73, 32 }, { "pread64", 17, 67 }, { "set_robust_list", 273, 99 }, { "rseq", 334, 293 }, { "getpid", 39, 172 },
    };

    [Theory]
    [MemberData(nameof(RefusedCalls))]
    public void Filter_OfWhatNoReaderNeeds_IsNotPermitted(string name, uint x64, uint arm64)
    {
        Assert.True(Of(Architecture.X64, X64, x64) == CallFilter.NotPermitted, $"{name} on x64");
        Assert.True(Of(Architecture.Arm64, Arm64, arm64) == CallFilter.NotPermitted, $"{name} on arm64");
    }

    [Theory]
    [MemberData(nameof(NeededCalls))]
    public void Filter_OfWhatTheRuntimeNeeds_Allows(string name, uint x64, uint arm64)
    {
        Assert.True(Of(Architecture.X64, X64, x64) == CallFilter.Allow, $"{name} on x64");
        Assert.True(Of(Architecture.Arm64, Arm64, arm64) == CallFilter.Allow, $"{name} on arm64");
    }

    [Theory]
    [InlineData(Architecture.X64, Arm64)]
    [InlineData(Architecture.X64, I386)]
    [InlineData(Architecture.Arm64, X64)]
    public void Filter_CallOfAnotherProcessor_KillsWhateverItAsks(Architecture processor, uint caller) =>
        Assert.Equal([CallFilter.KillProcess], Enumerable.Range(0, 500).Select(number => Of(processor, caller, (uint)number)).Distinct());

    [Fact]
    public void Filter_X32Call_IsNotPermittedWhateverItAsks() =>
        Assert.Equal([CallFilter.NotPermitted], Enumerable.Range(0, 600).Select(number => Of(Architecture.X64, X64, 0x4000_0000u + (uint)number)).Distinct());

    [Theory]
    [InlineData(Architecture.X64, X64, 56u, 435u)]
    [InlineData(Architecture.Arm64, Arm64, 220u, 435u)]
    public void Filter_OfClone_AllowsThreadsOnly(Architecture processor, uint id, uint clone, uint clone3)
    {
        const ulong ThreadOfGlibc = 0x3D0F00;       // VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID
        const ulong ForkOfGlibc = 0x1200011;        // CHILD_CLEARTID, CHILD_SETTID, SIGCHLD
        const ulong VFork = 0x4111;                 // VM, VFORK, SIGCHLD
        ulong[] namespaces = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];

        Assert.Equal(CallFilter.Allow, Of(processor, id, clone, ThreadOfGlibc));
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, clone, ForkOfGlibc));
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, clone, VFork));
        Assert.All(namespaces, flag => Assert.Equal(CallFilter.NotPermitted, Of(processor, id, clone, ThreadOfGlibc | flag)));
        Assert.Equal(CallFilter.NotImplemented, Of(processor, id, clone3));
    }

    [Theory]
    [InlineData(Architecture.X64, X64, 62u, 234u, 302u)]
    [InlineData(Architecture.Arm64, Arm64, 129u, 131u, 261u)]
    public void Filter_OfSignalsAndLimits_AllowsTheProcessItselfOnly(Architecture processor, uint id, uint kill, uint tgkill, uint prlimit)
    {
        foreach (var call in (uint[])[kill, tgkill])
        {
            Assert.Equal(CallFilter.Allow, Of(processor, id, call, Self));
            Assert.All((ulong[])[0, 1, Self + 1, ulong.MaxValue], other => Assert.Equal(CallFilter.NotPermitted, Of(processor, id, call, other)));
        }

        Assert.All((ulong[])[0, Self], own => Assert.Equal(CallFilter.Allow, Of(processor, id, prlimit, own)));
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, prlimit, 1));
    }

    [Theory]
    [InlineData(Architecture.X64, X64, 16u)]
    [InlineData(Architecture.Arm64, Arm64, 29u)]
    public void Filter_OfTerminals_AllowsAllButTypingIntoThem(Architecture processor, uint id, uint ioctl)
    {
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, ioctl, 0, 0x5412));
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, ioctl, 0, 0x541C));
        Assert.Equal(CallFilter.NotPermitted, Of(processor, id, ioctl, 0, 0xFFFF_FFFF_0000_5412));
        Assert.Equal(CallFilter.Allow, Of(processor, id, ioctl, 0, 0x5401));
    }

    [Theory]
    [InlineData(Architecture.X64, X64, 72u, 16u)]
    [InlineData(Architecture.Arm64, Arm64, 25u, 29u)]
    public void Filter_OfDescriptors_AllowsAllButChoosingWhomTheySignal(Architecture processor, uint id, uint fcntl, uint ioctl)
    {
        ulong[] owners = [8, 10, 15, 0xFFFF_FFFF_0000_0008]; // F_SETOWN, F_SETSIG, F_SETOWN_EX
        ulong[] others = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 37, 1030, 1031, 1033]; // duplicates, flags, locks, questions, size of a pipe, seals

        Assert.All(owners, command => Assert.Equal(CallFilter.NotPermitted, Of(processor, id, fcntl, 0, command, 1)));
        Assert.All(others, command => Assert.Equal(CallFilter.Allow, Of(processor, id, fcntl, 8, command, 10)));
        Assert.All((ulong[])[0x8901, 0x8902], command => Assert.Equal(CallFilter.NotPermitted, Of(processor, id, ioctl, 0, command)));
    }

    [Fact]
    public void Filter_WhereThreadsAreSignalledByNumber_AllowsThat() =>
        Assert.Equal(CallFilter.Allow, FilterMachine.Run(CallFilter.Build(Architecture.X64, Self, allowsThreadKill: true), X64, 200));

    [Theory]
    [InlineData("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", Architecture.X64)]
    [InlineData("/usr/include/asm-generic/unistd.h", Architecture.Arm64)]
    public void Numbers_OfEveryCall_AreThoseOfTheKernelsHeaders(string header, Architecture processor)
    {
        Assert.SkipUnless(File.Exists(header), "The kernel's headers are not installed.");
        var numbers = Definition().Matches(File.ReadAllText(header)).ToLookup(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

        // Headers that are older than a call say nothing about it.
        var known = SystemCalls.Refused.Concat(SystemCalls.Judged).Where(call => numbers.Contains(call.Name)).ToList();

        Assert.True(known.Count > 80, $"{known.Count} calls were found");
        Assert.All(known, call => Assert.True(call.NumberOn(processor) is { } number && numbers[call.Name].Contains(number), call.ToString()));
    }

    private static uint Of(Architecture processor, uint id, uint number, params ulong[] arguments) => FilterMachine.Run(CallFilter.Build(processor, Self, allowsThreadKill: false), id, number, arguments);

    [GeneratedRegex(@"#define __NR(?:3264)?_(\w+)\s+(\d+)")]
    private static partial Regex Definition();
}
