using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Values that become objects.</summary>
internal static class Boxing
{
    public enum Grade
    {
        Low,
        High,
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BoxNumber(int number) => Keep.Sink = number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BoxEnum(Grade grade) => Keep.Sink = grade;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void BoxStruct(Money money) => Keep.Sink = (IComparable<Money>)money;
}
