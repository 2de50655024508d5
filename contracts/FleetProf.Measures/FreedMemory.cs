using System.Runtime.InteropServices;

namespace FleetProf.Measures;

/// <summary>
/// What the C library keeps of memory that is free again. It gives back by itself only what is free at the end of a heap: what compiling, TLS and the
/// database's driver needed for a moment leaves holes below, which stay resident and which a process of weeks collects.
/// </summary>
public static class FreedMemory
{
    /// <summary>
    /// A look takes milliseconds for some tens of megabytes, and holds up whoever asks for memory meanwhile. In five minutes a busy silo collects some ten
    /// megabytes anew.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Gives whole free pages of all heaps back to the system. Source: malloc_trim(3).</summary>
    /// <returns>False where the C library cannot: glibc alone has it.</returns>
    public static bool TryGiveBack()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            _ = Trim(0);
            return true;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Does so until it is cancelled, or cannot.</summary>
    public static async Task KeepGivingBackAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken) && TryGiveBack())
        {
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);
}
