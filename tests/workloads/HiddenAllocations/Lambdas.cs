using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Functions that become objects.</summary>
internal static class Lambdas
{
    private static readonly Counter Shared = new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CaptureLimit(int limit) => Keep.Sink = (Func<int, bool>)(number => number < limit);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PassMethod() => Keep.Sink = (Func<int, int>)Shared.Next;

    private sealed class Counter
    {
        private int _count;

        public int Next(int step) => _count += step;
    }
}
