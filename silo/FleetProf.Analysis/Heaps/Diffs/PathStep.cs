namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>A step of a path of types through dominator trees.</summary>
/// <param name="Name">The type as a programmer writes it, or the holder in words: what is shown.</param>
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
}
