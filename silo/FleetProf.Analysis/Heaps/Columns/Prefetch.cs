using System.Runtime.Intrinsics.X86;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>Asks for memory before it is needed, where the processor can be asked.</summary>
internal static unsafe class Prefetch
{
    public static void Read(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
