using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>
/// Values outside of the garbage collector's heap, which would keep a dead array of this size until it must collect: here memory is gone
/// with <see cref="Dispose"/>, and growing moves no value, as the kernel only maps the pages elsewhere. Pages that were never written
/// take no memory.
/// </summary>
/// <typeparam name="T">Without references.</typeparam>
internal sealed unsafe class Column<T> : IDisposable where T : unmanaged
{
    private const int FewestValues = 64;

    /// <param name="length">Values.</param>
    /// <param name="isCleared">Whether all are zero; else they are whatever is there.</param>
    /// <exception cref="InsufficientMemoryException">The limit would be passed.</exception>
    public Column(long length, bool isCleared = false)
    {
        var bytes = BytesOf(length);
        ColumnMemory.Take(bytes);
        Values = (T*)(IsMapped(bytes) ? KernelMemory.Allocate(bytes) : isCleared ? NativeMemory.AllocZeroed((nuint)bytes) : NativeMemory.Alloc((nuint)bytes));
        Length = length;
    }

    /// <summary>Nothing checks an index here: only for numbers that were checked when they came from a file.</summary>
    public T* Values { get; private set; }

    public long Length { get; private set; }

    public Span<T> Span => new(Values, checked((int)Length));

    /// <summary>A longer column with the same values in front.</summary>
    /// <exception cref="InsufficientMemoryException">The limit would be passed; the column is as before.</exception>
    public void Resize(long length)
    {
        var (before, after) = (BytesOf(Length), BytesOf(length));
        ColumnMemory.Take(after - before);
        if (IsMapped(before))
        {
            Values = (T*)KernelMemory.Resize(Values, before, after);
        }
        else if (IsMapped(after))
        {
            var values = (T*)KernelMemory.Allocate(after);
            Buffer.MemoryCopy(Values, values, after, before);
            NativeMemory.Free(Values);
            Values = values;
        }
        else
        {
            Values = (T*)NativeMemory.Realloc(Values, (nuint)after);
        }

        Length = length;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // For columns of an analysis that failed half-way.
    ~Column() => Free();

    private static long BytesOf(long length) => Math.Max(length, FewestValues) * Unsafe.SizeOf<T>();

    private static bool IsMapped(long bytes) => KernelMemory.IsSupported && bytes >= KernelMemory.SmallestBytes;

    private void Free()
    {
        if (Values == null)
        {
            return;
        }

        var bytes = BytesOf(Length);
        if (IsMapped(bytes))
        {
            KernelMemory.Free(Values, bytes);
        }
        else
        {
            NativeMemory.Free(Values);
        }

        ColumnMemory.Give(bytes);
        Values = null;
    }
}
