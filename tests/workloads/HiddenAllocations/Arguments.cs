using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Arguments that become an array.</summary>
internal static class Arguments
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AuditNumbers(int number) => Audit("{0} {1} {2} {3}", number, number + 1, number + 2, number + 3);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Audit(string format, params object[] values)
    {
        Keep.Sum += format.Length;
        Keep.Sink = values;
    }
}
