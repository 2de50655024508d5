using System.Runtime.CompilerServices;

namespace FleetProf.Analysis.Heaps.Columns;

/// <summary>A column whose length is known only at its end.</summary>
/// <typeparam name="T">Without references.</typeparam>
internal sealed unsafe class GrowingColumn<T> : IDisposable where T : unmanaged
{
    private readonly Column<T> _column = new(1024);

    public long Count { get; private set; }

    /// <summary>Valid until the next value is added.</summary>
    public T* Values => _column.Values;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T value)
    {
        if (Count == _column.Length)
        {
            _column.Resize(_column.Length * 2);
        }

        _column.Values[Count++] = value;
    }

    public Span<T> Span => _column.Span[..checked((int)Count)];

    /// <summary>Copies the values and frees the column.</summary>
    public T[] ToArrayAndDispose()
    {
        var array = Span.ToArray();
        Dispose();
        return array;
    }

    public void Dispose() => _column.Dispose();
}
