namespace Leaks;

/// <summary>A finalizer thread that is blocked until the process ends.</summary>
internal static class Finalizers
{
    private static readonly ManualResetEventSlim Ended = new(false);

    public static void Wait() => Ended.Wait();
}
