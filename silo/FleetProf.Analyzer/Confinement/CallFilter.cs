using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>
/// The filter of system calls as a program of the kernel's (seccomp(2)): refused calls answer EPERM, as if a right were missing, and everything
/// else is allowed. A list of what is refused and not of what is allowed: which calls a runtime makes changes with each of its versions.
/// </summary>
internal static class CallFilter
{
    public const uint Allow = 0x7FFF_0000;
    public const uint KillProcess = 0x8000_0000;
    public const uint NotPermitted = Fail | 1;     // EPERM
    public const uint NotImplemented = Fail | 38;  // ENOSYS

    private const uint Fail = 0x0005_0000;
    private const ushort Load = 0x20;              // BPF_LD | BPF_W | BPF_ABS
    private const ushort IsEqual = 0x15;           // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort IsAtLeast = 0x35;         // BPF_JMP | BPF_JGE | BPF_K
    private const ushort HasAny = 0x45;            // BPF_JMP | BPF_JSET | BPF_K
    private const ushort Return = 0x06;            // BPF_RET | BPF_K

    // struct seccomp_data; of arguments the low words, all that the kernel looks at in those that are judged here.
    private const uint Number = 0;
    private const uint Processor = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;

    private const uint X32Calls = 0x4000_0000;     // __X32_SYSCALL_BIT
    private const uint Thread = 0x0001_0000;       // CLONE_THREAD
    private const uint NewNamespaces = 0x7E02_0000; // CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET
    private const uint TypeIntoTerminal = 0x5412;  // TIOCSTI
    private const uint PasteIntoConsole = 0x541C;  // TIOCLINUX
    private const uint SetOwner = 8;               // F_SETOWN
    private const uint SetSignal = 10;             // F_SETSIG
    private const uint SetAnyOwner = 15;           // F_SETOWN_EX
    private const uint SetSocketOwner = 0x8901;    // FIOSETOWN
    private const uint SetSocketGroup = 0x8902;    // SIOCSPGRP

    /// <param name="processor">X64 or Arm64.</param>
    /// <param name="processId">The process to filter: the only one that it may signal or set limits of.</param>
    /// <param name="allowsThreadKill">musl signals its own threads by a call that names no process.</param>
    /// <exception cref="PlatformNotSupportedException">Another processor.</exception>
    public static FilterInstruction[] Build(Architecture processor, int processId, bool allowsThreadKill)
    {
        var self = (uint)processId;
        List<FilterInstruction> program =
        [
            // Numbers mean other calls on other processors: nothing of ours calls by another's.
            new(Load, 0, 0, Processor),
            new(IsEqual, 1, 0, IdOf(processor)),
            new(Return, 0, 0, KillProcess),
            new(Load, 0, 0, Number),
        ];
        if (processor == Architecture.X64)
        {
            program.AddRange([new(IsAtLeast, 0, 1, X32Calls), new(Return, 0, 0, NotPermitted)]);
        }

        var refused = allowsThreadKill ? SystemCalls.Refused : [.. SystemCalls.Refused, SystemCalls.ThreadKill];
        foreach (var number in refused.Select(call => call.NumberOn(processor)).OfType<int>())
        {
            program.AddRange([new(IsEqual, 0, 1, (uint)number), new(Return, 0, 0, NotPermitted)]);
        }

        // Its flags lie in memory, where a filter cannot look. The C library then takes the older call, whose flags are an argument.
        Judge(program, SystemCalls.Clone3, processor, new FilterInstruction(Return, 0, 0, NotImplemented));
        Judge(program, SystemCalls.Clone, processor,
            new(Load, 0, 0, FirstArgument), new(HasAny, 1, 0, NewNamespaces), new(HasAny, 1, 0, Thread), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow));
        foreach (var signal in (SystemCall[])[SystemCalls.Kill, SystemCalls.ThreadGroupKill])
        {
            Judge(program, signal, processor, new(Load, 0, 0, FirstArgument), new(IsEqual, 1, 0, self), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow));
        }

        Judge(program, SystemCalls.PrLimit, processor,
            new(Load, 0, 0, FirstArgument), new(IsEqual, 2, 0, 0), new(IsEqual, 1, 0, self), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow));

        // The owner of a descriptor is signalled when there is something to read: to choose whom, and with which signal, is another way to kill.
        Judge(program, SystemCalls.Ioctl, processor,
            new(Load, 0, 0, SecondArgument), new(IsEqual, 3, 0, TypeIntoTerminal), new(IsEqual, 2, 0, PasteIntoConsole),
            new(IsEqual, 1, 0, SetSocketOwner), new(IsEqual, 0, 1, SetSocketGroup), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow));
        Judge(program, SystemCalls.FileControl, processor,
            new(Load, 0, 0, SecondArgument), new(IsEqual, 2, 0, SetOwner), new(IsEqual, 1, 0, SetSignal), new(IsEqual, 0, 1, SetAnyOwner), new(Return, 0, 0, NotPermitted), new(Return, 0, 0, Allow));
        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }

    private static void Judge(List<FilterInstruction> program, SystemCall call, Architecture processor, params ReadOnlySpan<FilterInstruction> judgement)
    {
        program.Add(new(IsEqual, 0, (byte)judgement.Length, (uint)call.NumberOn(processor)!.Value));
        program.AddRange(judgement);
    }

    private static uint IdOf(Architecture processor) => processor switch
    {
        Architecture.X64 => 0xC000_003E,           // AUDIT_ARCH_X86_64
        Architecture.Arm64 => 0xC000_00B7,         // AUDIT_ARCH_AARCH64
        _ => throw new PlatformNotSupportedException($"no filter of system calls for {processor}"),
    };
}
