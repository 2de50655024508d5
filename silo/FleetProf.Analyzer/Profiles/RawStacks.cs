namespace FleetProf.Analyzer.Profiles;

/// <summary>Distinct stacks of raw addresses, leaf first. Samples repeat stacks many times over, so names are looked up once per distinct stack.</summary>
internal sealed class RawStacks
{
    /// <summary>The runtime keeps so many frames of a stack, those nearest to its leaf; what called them is lost. Source: EP_MAX_STACK_DEPTH, dotnet/runtime, src/native/eventpipe.</summary>
    public const int MostFrames = 100;

    private const int ChunkLength = 1 << 16;

    private readonly List<(ulong[] Chunk, int Start, int Length, int Next)> _stacks = [];
    private readonly Dictionary<ulong, int> _byHash = [];
    private ulong[] _chunk = [];
    private int _used;

    public int Count => _stacks.Count;

    public int Intern(ReadOnlySpan<ulong> stack)
    {
        var hash = Hash(stack);
        var first = _byHash.TryGetValue(hash, out var head) ? head : -1;
        for (var id = first; id >= 0; id = _stacks[id].Next)
        {
            if (this[id].SequenceEqual(stack))
            {
                return id;
            }
        }

        if (_chunk.Length - _used < stack.Length)
        {
            _chunk = new ulong[Math.Max(ChunkLength, stack.Length)];
            _used = 0;
        }

        stack.CopyTo(_chunk.AsSpan(_used));
        _stacks.Add((_chunk, _used, stack.Length, first));
        _used += stack.Length;
        _byHash[hash] = _stacks.Count - 1;
        return _stacks.Count - 1;
    }

    public ReadOnlySpan<ulong> this[int id] => _stacks[id].Chunk.AsSpan(_stacks[id].Start, _stacks[id].Length);

    /// <summary>
    /// Whether its outermost callers may be missing. A stack of just as many frames as are kept may be whole, but does not say so. A longer one
    /// comes from another writer or a later runtime; where that one cuts is not known here, so it is not taken for whole either.
    /// </summary>
    public bool IsCut(int id) => _stacks[id].Length >= MostFrames;

    private static ulong Hash(ReadOnlySpan<ulong> stack)
    {
        var hash = (ulong)stack.Length;
        foreach (var address in stack)
        {
            hash = (ulong.RotateLeft(hash, 5) ^ address) * 0x9E3779B97F4A7C15;
        }

        return hash;
    }
}
