using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Exceptions as control flow.</summary>
internal static class Faults
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ThrowAndCatch(int number)
    {
        try
        {
            Reject(number);
        }
        catch (InvalidOperationException refused)
        {
            Keep.Sum += refused.Message.Length;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Reject(int number) => throw new InvalidOperationException(number > 0 ? "refused" : "refused at once");
}
