namespace FleetProf.Analysis.Heaps;

/// <summary>What holds an object from outside of the heap, for a person.</summary>
/// <param name="Kind">The kind of root; null when several roots hold it on different ways and none holds it itself.</param>
/// <param name="Name">A static field's name without its class, which a snapshot does not tell; else empty.</param>
public readonly record struct HeapHolder(HeapRootKind? Kind, string Name)
{
    /// <summary>Lower ranks tell more: a static field has a name, a stack slot is gone with its call.</summary>
    public static int Rank(HeapRootKind kind) => kind switch
    {
        HeapRootKind.StaticField => 0,
        HeapRootKind.ThreadStaticField => 1,
        HeapRootKind.StrongHandle => 2,
        HeapRootKind.PinnedHandle => 3,
        HeapRootKind.RefCountedHandle => 4,
        HeapRootKind.DependentHandle => 5,
        HeapRootKind.Stack => 6,
        HeapRootKind.OlderGeneration => 7,
        HeapRootKind.Other => 8,
        HeapRootKind.Finalizer => 9,
        _ => 10,
    };

    /// <param name="root">A root of the graph.</param>
    /// <param name="typeName">Type of the object that it holds.</param>
    public static HeapHolder Of(HeapRoot root, string typeName)
    {
        // The runtime labels a static field with the type of its value, not with the class that declares it. A .gcdump spells types otherwise.
        var (label, type) = (TypeShape.Display(root.Label), TypeShape.Display(typeName) + ".");
        var field = label.StartsWith(type, StringComparison.Ordinal) ? label[type.Length..] : root.Label;
        const string backing = ">k__BackingField";
        return new(root.Kind, field.EndsWith(backing, StringComparison.Ordinal) ? field[1..^backing.Length] : field);
    }

    public override string ToString() => Kind switch
    {
        null => "several roots",
        HeapRootKind.StaticField => $"static field {Name}",
        HeapRootKind.ThreadStaticField => $"thread-static field {Name}",
        HeapRootKind.StrongHandle => "strong handles",
        HeapRootKind.PinnedHandle => "pinned handles",
        HeapRootKind.RefCountedHandle => "reference-counted handles",
        HeapRootKind.DependentHandle => "dependent handles",
        HeapRootKind.Stack => "stacks or thread-static fields",
        HeapRootKind.OlderGeneration => "older generations",
        HeapRootKind.Finalizer => "finalizer queue",
        HeapRootKind.WeakHandle => "weak handles",
        _ => "other roots",
    };
}
