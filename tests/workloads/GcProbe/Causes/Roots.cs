using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GcProbe.Causes;

/// <summary>Young collections that are long because of what they must look at before any object.</summary>
internal static partial class Roots
{
    private const int Handles = 3_000_000;
    private const int Threads = 100;
    private const int Frames = 1_500;
    private const nuint NotStoppingBytes = 256 << 20;

    /// <summary>Handles to one young object.</summary>
    public static long CollectWithManyHandles()
    {
        var target = new object();
        var handles = new GCHandle[Handles];
        for (var i = 0; i < Handles; i++) handles[i] = GCHandle.Alloc(target);
        var number = Garbage.UntilCollected();
        foreach (var handle in handles) handle.Free();
        return number;
    }

    public static IReadOnlyList<long> CollectWithDeepStacks(int rounds)
    {
        using var release = new ManualResetEventSlim();
        using var ready = new CountdownEvent(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() => Descend(Frames, new object(), ready, release), 16 << 20)).ToList();
        threads.ForEach(thread => thread.Start());
        ready.Wait();
        var numbers = Enumerable.Range(0, rounds).Select(_ => Garbage.UntilCollected()).ToList();
        release.Set();
        threads.ForEach(thread => thread.Join());
        return numbers;
    }

    /// <summary>A thread that fills memory in native code without having told the runtime, as in a tight loop that no one can interrupt.</summary>
    public static unsafe IReadOnlyList<long> CollectWhileAThreadDoesNotStop(int rounds)
    {
        var isOver = false;
        var memory = (nint)NativeMemory.Alloc(NotStoppingBytes);
        var stubborn = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver)) _ = memset(memory, 1, NotStoppingBytes);
        });
        stubborn.Start();
        var numbers = Provocation.RepeatLong(rounds, Garbage.UntilCollected);
        Volatile.Write(ref isOver, true);
        stubborn.Join();
        NativeMemory.Free((void*)memory);
        return numbers;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(int frames, object kept, CountdownEvent ready, ManualResetEventSlim release)
    {
        if (frames == 0)
        {
            ready.Signal();
            release.Wait();
            return 0;
        }

        var below = Descend(frames - 1, kept, ready, release);
        GC.KeepAlive(kept);
        return below + 1;
    }

#pragma warning disable IDE1006, SYSLIB1054 // The C library's own name; generated stubs would tell the runtime.
    [DllImport("libc")]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint memset(nint memory, int value, nuint bytes);
#pragma warning restore IDE1006, SYSLIB1054
}
