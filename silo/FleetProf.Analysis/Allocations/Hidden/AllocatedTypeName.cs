namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>
/// A type's name as the runtime's allocation events write it: "System.Func`2[System.Int32,System.Boolean]". Nested types come without
/// namespace and outer type ("Enumerator[System.Int32]"), their generic arguments in full.
/// </summary>
internal readonly struct AllocatedTypeName
{
    public AllocatedTypeName(string full)
    {
        Full = full;
        IsArray = IsArrayName(full);
        var end = full.AsSpan().IndexOfAny('[', '`');
        Head = end < 0 ? full : full[..end];
        var open = full.IndexOf('[', StringComparison.Ordinal);
        Arguments = open < 0 ? "" : full[open..];
    }

    public string Full { get; }

    /// <summary>The name without arity, generic arguments and array brackets.</summary>
    public string Head { get; }

    /// <summary>From the first bracket on; empty for a plain type.</summary>
    public string Arguments { get; }

    public bool IsArray { get; }

    /// <summary>Of any rank: "[]", "[,]", and "[*]" where the lower bound is not 0. Generic arguments end with a bracket too.</summary>
    public static bool IsArrayName(ReadOnlySpan<char> full) => full.EndsWith(']') && full[..^1].TrimEnd(",*").EndsWith('[');

    /// <summary>A compiler's name like "&lt;CountTo&gt;d__5": the state machine of that method.</summary>
    public bool IsStateMachine => Head.StartsWith('<') && Head.Contains(">d", StringComparison.Ordinal) && !IsArray;

    public bool IsDisplayClass => Head.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) && !IsArray;

    public bool IsHead(params ReadOnlySpan<string> heads)
    {
        foreach (var head in heads)
        {
            if (Head == head)
            {
                return true;
            }
        }

        return false;
    }
}
