using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FleetProf.Analyzer.Confinement;

/// <summary>
/// Tries what a reader that was taken over would, to know what is refused and not what was asked for. Each attempt does no harm where it is
/// allowed: its arguments make the kernel fail it later, for another reason.
/// </summary>
internal sealed class Attempts
{
    private const int NotPermitted = 1;            // EPERM
    private const int Nobody = int.MaxValue;
    private const int SharedHandlersAlone = 0x800; // CLONE_SIGHAND without CLONE_VM
    private const int TypeIntoTerminal = 0x5412;   // TIOCSTI
    private const int SetOwner = 8;                // F_SETOWN

    private static readonly (string Call, nint[] Arguments)[] Calls =
    [
        ("socket", [1, 1, 0]), ("execve", [0, 0, 0]), ("clone", [SharedHandlersAlone]), ("unshare", [0]), ("ptrace", [16, Nobody]), ("process_vm_readv", [Nobody, 0, 0, 0, 0]),
        ("kill", [Nobody, 0]), ("tgkill", [Nobody, Nobody, 0]), ("mount", [0, 0, 0]), ("setuid", [-1]), ("io_uring_setup", [0, 0]), ("open_by_handle_at", [-1, 0, 0]), ("ioctl", [-1, TypeIntoTerminal]),
        ("fcntl", [-1, SetOwner]),
    ];

    private static volatile bool isOpenToEarlierThreads;

    private Attempts()
    {
    }

    ~Attempts() => isOpenToEarlierThreads = CanRead();

    /// <summary>The layers of which nothing is allowed, and what is allowed by name.</summary>
    public static (ConfinementLayer Layers, IReadOnlyList<string> Allowed) Make()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (ConfinementLayer.None, ["everything: this is not Linux"]);
        }

        string[] calls = [.. Calls.Where(attempt => IsAllowed(attempt.Call, attempt.Arguments)).Select(attempt => attempt.Call), .. UnfilteredThreads()];
        string[] files = [.. Files()];
        return ((calls.Length == 0 ? ConfinementLayer.Calls : 0) | (files.Length == 0 ? ConfinementLayer.Files : 0), [.. calls, .. files]);
    }

    private static bool IsAllowed(string name, nint[] arguments)
    {
        nint Argument(int index) => index < arguments.Length ? arguments[index] : 0;
        var call = SystemCalls.Judged.Concat(SystemCalls.Refused).First(known => known.Name == name);
        var answer = Kernel.Call(call, Argument(0), Argument(1), Argument(2), Argument(3), Argument(4));
        return answer >= 0 || Marshal.GetLastPInvokeError() != NotPermitted;
    }

    private static IEnumerable<string> UnfilteredThreads() => Directory.GetFiles("/proc/self/task", "status", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .Where(status => !File.ReadAllText(status).Contains("Seccomp:\t2", StringComparison.Ordinal)).Take(1).Select(_ => "a thread without the filter");

    private static IEnumerable<string> Files()
    {
        if (CanRead())
        {
            yield return "reading elsewhere";
        }

        if (CanWrite())
        {
            yield return "writing elsewhere";
        }

        // The thread that finalizes is one that the runtime started before any code of ours.
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (isOpenToEarlierThreads)
        {
            yield return "reading elsewhere, by a thread of the runtime";
        }
    }

    private static bool CanRead() => !IsDenied(() => Directory.GetFileSystemEntries("/"));

    private static bool CanWrite() => !IsDenied(() => new FileStream($"attempt-{Environment.ProcessId}", FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose());

    private static bool IsDenied(Action attempt)
    {
        try
        {
            attempt();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = new Attempts();
}
