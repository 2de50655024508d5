using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>The kernel's own words; each answers below zero when it refuses, and then <see cref="Marshal.GetLastPInvokeError"/> says why.</summary>
internal static unsafe partial class Kernel
{
    private const int NoNewPrivileges = 38;        // PR_SET_NO_NEW_PRIVS
    private const int FilterMode = 1;              // SECCOMP_SET_MODE_FILTER
    private const int AllThreads = 1;              // SECCOMP_FILTER_FLAG_TSYNC
    private const int PathOnly = 0x20_0000 | 0x8_0000; // O_PATH | O_CLOEXEC

    public static bool IsMusl => RuntimeInformation.RuntimeIdentifier.StartsWith("linux-musl", StringComparison.Ordinal);

    public static nint Call(SystemCall call, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0) =>
        SystemCall(call.NumberOn(RuntimeInformation.ProcessArchitecture) ?? -1, first, second, third, fourth, fifth);

    public static bool GiveUpNewPrivileges() => Control(NoNewPrivileges, 1, 0, 0, 0) == 0;

    /// <summary>False when the kernel takes no filter, or not for every thread that runs.</summary>
    public static bool Filter(FilterInstruction[] program)
    {
        fixed (FilterInstruction* instructions = program)
        {
            var packed = new FilterProgram((ushort)program.Length, (nint)instructions);
            return Call(SystemCalls.SecComp, FilterMode, AllThreads, (nint)(&packed)) == 0;
        }
    }

    /// <summary>Cannot fail with what matters: nothing was written by it.</summary>
    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>A descriptor that names a file or folder and opens nothing.</summary>
    public static int Name(string path) => Open(path, PathOnly);

    /// <summary>Starts this program anew in this process, with the same words and one more variable. Returns only when that fails.</summary>
    public static void StartAnew(string variable, string value)
    {
        var words = File.ReadAllBytes("/proc/self/cmdline");
        if (words is not [.., 0] || SetVariable(variable, value, 1) < 0)
        {
            return;
        }

        fixed (byte* text = words)
        {
            var starts = new List<nint> { (nint)text };
            for (var at = 0; at < words.Length - 1; at++)
            {
                if (words[at] == 0)
                {
                    starts.Add((nint)(text + at + 1));
                }
            }

            starts.Add(0);
            fixed (nint* list = CollectionsMarshal.AsSpan(starts))
            {
                _ = Execute("/proc/self/exe", list);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint* words);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FilterProgram(ushort Length, nint Instructions);
}
