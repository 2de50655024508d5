namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>A step of a path of types through dominator trees. Two are equal that lead to the same rows, whatever numbers the compiler gave them.</summary>
/// <param name="Name">The type as a programmer writes it, or the holder in words: what is shown. Without the compiler's numbers where several types that differ in them are meant.</param>
/// <param name="Module">The type's assembly, where another type of that name stands beside it; null where the name alone tells: all that have it.</param>
public readonly record struct PathStep(string Name, string? Module)
{
    /// <summary>For a person: with the assembly where it takes both to tell.</summary>
    public string Words => Module switch
    {
        null => Name,
        "" => $"{Name} (unknown assembly)",
        _ => $"{Name} ({Module})",
    };

    /// <summary>By what it is found in a tree.</summary>
    internal string Key { get; } = TypeKey.Of(Name);

    public bool Equals(PathStep other) => Key == other.Key && Module == other.Module;

    public override int GetHashCode() => HashCode.Combine(Key, Module);
}
