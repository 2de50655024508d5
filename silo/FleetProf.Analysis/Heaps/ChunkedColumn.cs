namespace FleetProf.Analysis.Heaps;

/// <summary>A column that grows without copying: doubling arrays would need three times the memory of the largest one.</summary>
internal sealed class ChunkedColumn<T> where T : unmanaged
{
    private const int ChunkBits = 18;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly List<T[]> _chunks = [];
    private T[] _last = [];
    private int _used = ChunkLength;

    public long Count => _chunks.Count == 0 ? 0 : ((long)(_chunks.Count - 1) << ChunkBits) + _used;

    public T this[long index] => _chunks[(int)(index >> ChunkBits)][index & (ChunkLength - 1)];

    public void Add(T value)
    {
        if (_used == ChunkLength)
        {
            _last = new T[ChunkLength];
            _chunks.Add(_last);
            _used = 0;
        }

        _last[_used++] = value;
    }

    /// <summary>Hands the values out in order and frees each chunk behind itself.</summary>
    public IEnumerable<ReadOnlyMemory<T>> Drain()
    {
        for (var i = 0; i < _chunks.Count; i++)
        {
            var chunk = _chunks[i];
            _chunks[i] = [];
            yield return chunk.AsMemory(0, i == _chunks.Count - 1 ? _used : ChunkLength);
        }

        _chunks.Clear();
        _used = ChunkLength;
    }

    public T[] DrainToArray()
    {
        var all = new T[Count];
        var at = 0;
        foreach (var chunk in Drain())
        {
            chunk.CopyTo(all.AsMemory(at));
            at += chunk.Length;
        }

        return all;
    }
}
