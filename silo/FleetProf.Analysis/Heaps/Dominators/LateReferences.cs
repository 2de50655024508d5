using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// The references from a higher depth-first number to a lower one, in buckets of neighbouring targets: what is done with a bucket's
/// references stays in the processor's cache, however large the heap is. Emptied from the last bucket to the first.
/// </summary>
internal sealed unsafe class LateReferences : IDisposable
{
    private const int BucketBits = 15;
    private const int ChunkLength = 256;
    private const int Mask = (1 << BucketBits) - 1;

    /// <summary>Objects between asking for memory and using it.</summary>
    private const int Ahead = 8;

    private readonly Column<ulong> _references = new(1 << 16);
    private readonly List<int> _chunkBefore = []; // per chunk: the one before it in its bucket; -1 for the first
    private readonly int[] _chunk;
    private readonly int[] _used;
    private readonly int[] _start = new int[(1 << BucketBits) + 1];
    private readonly Column<int> _sources = new(1 << 16);
    private int _first;

    private LateReferences(int count)
    {
        BucketCount = (count >> BucketBits) + 1;
        _chunk = new int[BucketCount];
        _used = new int[BucketCount];
        Array.Fill(_chunk, -1);
        Array.Fill(_used, ChunkLength);
    }

    public int BucketCount { get; }

    /// <summary>Sorts the references that matter: those upwards into buckets, of those downwards into an object only the one from the lowest number, which is all that is asked of them.</summary>
    /// <param name="graph">The heap.</param>
    /// <param name="numbers">Its objects' numbers.</param>
    /// <param name="forest">Per number a pair; the second value of it is lowered to the lowest number that refers to it from above.</param>
    public static LateReferences Of(HeapGraph graph, DepthFirstNumbers numbers, Column<int> forest)
    {
        var late = new LateReferences(numbers.Count);
        fixed (int* number = numbers.Number, node = numbers.Node, start = graph.EdgeStart, targets = graph.EdgeTarget)
        {
            for (var n = 1; n <= numbers.Count; n++)
            {
                AskAhead(number, node + n, start, targets, numbers.Count - n);
                for (var (edge, end) = (start[node[n]], start[node[n] + 1]); edge < end; edge++)
                {
                    var to = number[targets[edge]];
                    if (to > n)
                    {
                        forest.Values[(2L * to) + 1] = Math.Min(forest.Values[(2L * to) + 1], n);
                    }
                    else if (to < n && (n <= numbers.LastAlive || to > numbers.LastAlive))
                    {
                        // Not from what only the finalizer queue holds to what lives anyway.
                        late.Add(n, to);
                    }
                }
            }
        }

        return late;
    }

    /// <summary>Numbers of the bucket's objects: at most as many as there are.</summary>
    public static (int First, int Last) NumbersOf(int bucket) => (bucket << BucketBits, ((bucket + 1) << BucketBits) - 1);

    /// <summary>Makes <see cref="SourcesOf"/> answer for the objects of a bucket.</summary>
    public void Open(int bucket)
    {
        Array.Clear(_start);
        var total = 0;
        for (var (chunk, used) = (_chunk[bucket], _used[bucket]); chunk >= 0; (chunk, used) = (_chunkBefore[chunk], ChunkLength))
        {
            total += used;
            foreach (var reference in Chunk(chunk, used))
            {
                _start[(int)(reference & Mask)]++;
            }
        }

        for (var (i, sum) = (0, 0); i < _start.Length; i++)
        {
            sum += _start[i];
            _start[i] = sum;
        }

        if (total > _sources.Length)
        {
            _sources.Resize(total);
        }

        for (var (chunk, used) = (_chunk[bucket], _used[bucket]); chunk >= 0; (chunk, used) = (_chunkBefore[chunk], ChunkLength))
        {
            foreach (var reference in Chunk(chunk, used))
            {
                _sources.Values[--_start[(int)(reference & Mask)]] = (int)(reference >> BucketBits);
            }
        }

        _first = bucket << BucketBits;
    }

    /// <summary>The numbers that refer to one of the open bucket; those of lower numbers stand before them.</summary>
    public ReadOnlySpan<int> SourcesOf(int number) =>
        new(_sources.Values + _start[number - _first], _start[number - _first + 1] - _start[number - _first]);

    public void Dispose()
    {
        _references.Dispose();
        _sources.Dispose();
    }

    private ReadOnlySpan<ulong> Chunk(int chunk, int used) => new(_references.Values + ((long)chunk * ChunkLength), used);

    private void Add(int from, int to)
    {
        var bucket = to >> BucketBits;
        if (_used[bucket] == ChunkLength)
        {
            var chunk = _chunkBefore.Count;
            _chunkBefore.Add(_chunk[bucket]);
            (_chunk[bucket], _used[bucket]) = (chunk, 0);
            if ((chunk + 1L) * ChunkLength > _references.Length)
            {
                _references.Resize(_references.Length * 3 / 2);
            }
        }

        _references.Values[((long)_chunk[bucket] * ChunkLength) + _used[bucket]++] = ((ulong)from << BucketBits) | (uint)(to & Mask);
    }

    // Every step's address is in the memory that the step before has asked for.
    private static void AskAhead(int* number, int* node, int* start, int* targets, int left)
    {
        if (left < 3 * Ahead)
        {
            return;
        }

        Prefetch.Read(start + node[3 * Ahead]);
        Prefetch.Read(targets + start[node[2 * Ahead]]);
        var edge = start[node[Ahead]];
        for (var end = Math.Min(edge + 4, start[node[Ahead] + 1]); edge < end; edge++)
        {
            Prefetch.Read(number + targets[edge]);
        }
    }
}
