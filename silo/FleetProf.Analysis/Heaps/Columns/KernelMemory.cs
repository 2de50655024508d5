using System.Runtime.InteropServices;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>
/// Memory straight from Linux: given back at once when freed, while the C library keeps what lies below other blocks; grown without
/// copying; in large pages where the system has them, because an analysis goes through its columns in no order.
/// </summary>
internal static unsafe partial class KernelMemory
{
    /// <summary>Smaller blocks are better off with the C library.</summary>
    public const long SmallestBytes = 1 << 20;

    private const int ReadAndWrite = 3;         // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22;  // MAP_PRIVATE | MAP_ANONYMOUS
    private const int MayMove = 1;              // MREMAP_MAYMOVE
    private const int HugePage = 14;            // MADV_HUGEPAGE
    private const nint Failed = -1;

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>All zero.</summary>
    public static void* Allocate(long bytes) => Checked(Map(0, (nint)bytes, ReadAndWrite, PrivateAnonymous, -1, 0), bytes);

    /// <summary>Keeps the content as far as it fits; what is new is zero.</summary>
    public static void* Resize(void* memory, long before, long after) => Checked(Remap((nint)memory, (nint)before, (nint)after, MayMove), after);

    public static void Free(void* memory, long bytes) => _ = Unmap((nint)memory, (nint)bytes);

    private static void* Checked(nint memory, long bytes)
    {
        if (memory == Failed)
        {
            throw new InsufficientMemoryException($"the system does not give {bytes >> 20} MiB");
        }

        // A wish: where there are no large pages, small ones do.
        _ = Advise(memory, (nint)bytes, HugePage);
        return (void*)memory;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mremap")]
    private static partial nint Remap(nint address, nint before, nint after, int flags);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
