using System.Reflection;
using System.Runtime.CompilerServices;

namespace HiddenAllocations;

/// <summary>Types and methods that are looked up and called by reflection.</summary>
internal static class Reflections
{
    private static readonly MethodInfo Target = typeof(Reflections).GetMethod(nameof(Add))!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ListProperties() => Keep.Sink = typeof(UriBuilder).GetProperties();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void InvokeAdd() => Keep.Sink = Target.Invoke(null, [1, 2]);

    public static int Add(int left, int right) => left + right;
}
