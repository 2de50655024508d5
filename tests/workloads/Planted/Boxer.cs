using System.Runtime.CompilerServices;

namespace Planted;

/// <summary>Boxes integers: each box is an object of 24 bytes.</summary>
public static class Boxer
{
    public static object? Sink { get; private set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Box(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Sink = i;
        }
    }
}
