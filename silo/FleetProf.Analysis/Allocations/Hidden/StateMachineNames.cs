namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>
/// Which state machines are of async methods. In Debug builds they are classes that each call allocates, named as those of iterators are; what tells
/// them apart is that their MoveNext returns nothing, and an iterator's whether there is more.
/// </summary>
public sealed class StateMachineNames
{
    private const int MaxNames = 200_000;

    private readonly HashSet<string> _async = new(StringComparer.Ordinal);
    private readonly HashSet<string> _iterators = new(StringComparer.Ordinal);

    /// <summary>Notes what a method says about its type, as the runtime's method events write all three.</summary>
    public void AddMethod(string type, string method, string signature)
    {
        if (method == "MoveNext")
        {
            AddName(type, signature.StartsWith("instance void ", StringComparison.Ordinal) ? _async : _iterators);
        }
        else if (method.EndsWith(".MoveNextAsync", StringComparison.Ordinal))
        {
            // An iterator that awaits has a MoveNext that returns nothing as well.
            AddName(type, _iterators);
        }
    }

    /// <summary>True only when it is known and no iterator has the same name.</summary>
    /// <param name="name">As allocation events write it, without arity and arguments.</param>
    public bool IsAsync(string name) => _async.Contains(name) && !_iterators.Contains(name);

    // "Shop.Cart`1+<AddAsync>d__5`1[System.__Canon]": allocation events name nested types by their innermost name alone, so that is what is kept.
    private static void AddName(string type, HashSet<string> names)
    {
        var end = type.IndexOf('[', StringComparison.Ordinal);
        var outer = end < 0 ? type : type[..end];
        var name = new AllocatedTypeName(outer[(outer.LastIndexOfAny(['+', '/']) + 1)..]);
        if (name.IsStateMachine && name.Head.Length < 500 && names.Count < MaxNames)
        {
            names.Add(name.Head);
        }
    }
}
