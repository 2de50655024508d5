using System.Text;

namespace FleetProf.Analysis.Heaps;

/// <summary>What a type's name and module say about its part in a heap. Understands the runtime's names and those in a .gcdump.</summary>
/// <param name="Stem">The name without type arguments, arity and array ranks: "System.Collections.Generic.Dictionary", "&lt;&gt;c__DisplayClass3_0".</param>
/// <param name="IsArray">Whether it is an array of anything.</param>
/// <param name="IsFramework">Whether it comes from the runtime's or Microsoft's libraries.</param>
public readonly record struct TypeShape(string Stem, bool IsArray, bool IsFramework)
{
    private static readonly string[] Numbers =
    [
        "System.Byte", "System.SByte", "System.Char", "System.Boolean", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32",
        "System.Int64", "System.UInt64", "System.Single", "System.Double", "System.Decimal", "System.Guid", "System.DateTime", "System.IntPtr",
    ];

    private static readonly string[] Machinery =
    [
        "Entry", "Node", "VolatileNode", "Tables", "Bucket", "Slot", "Container", "System.Collections.Concurrent.ConcurrentQueueSegment", "CallbackNode", "Registrations",
        "System.Threading.Tasks.Task", "System.Threading.Tasks.TaskCompletionSource", "ContingentProperties", "System.Threading.ExecutionContext", "System.Threading.TimerHolder",
    ];

    private static readonly string[] Collections =
    [
        "List", "Dictionary", "HashSet", "SortedDictionary", "SortedList", "SortedSet", "Queue", "Stack", "LinkedList", "PriorityQueue", "OrderedDictionary",
        "ConcurrentDictionary", "ConcurrentBag", "ConcurrentQueue", "ConcurrentStack", "BlockingCollection", "ArrayList", "Hashtable", "Collection", "ObservableCollection",
        "ConditionalWeakTable", "ImmutableList", "ImmutableDictionary", "ImmutableArray", "MemoryCache",
    ];

    /// <summary>A type of the program or of a library it uses, as opposed to the runtime and what the compiler makes.</summary>
    public bool IsApplication => !IsFramework && !IsArray && !IsClosure;

    /// <summary>Strings and arrays of numbers: what data consists of in the end.</summary>
    public bool IsPayload { get; private init; }

    /// <summary>Only connects others: arrays of references, delegates, closures, the inside of collections and tasks.</summary>
    public bool IsPlumbing => !IsPayload && (IsArray || IsDelegate || IsClosure || IsCollection || (IsFramework && Array.IndexOf(Machinery, Stem) >= 0));

    public bool IsClosure => Stem.StartsWith("<>c", StringComparison.Ordinal);

    public bool IsCollection => IsFramework && Array.IndexOf(Collections, Stem[(Stem.LastIndexOf('.') + 1)..]) >= 0;

    /// <summary>By name: the snapshot does not say what a type derives from.</summary>
    public bool IsDelegate => IsFramework && !IsArray
        && (Stem is "System.Action" or "System.Func" or "System.Predicate" or "System.Comparison" || Stem.EndsWith("EventHandler", StringComparison.Ordinal)
            || Stem.EndsWith("Callback", StringComparison.Ordinal) || Stem.EndsWith("Delegate", StringComparison.Ordinal));

    public static TypeShape Of(HeapType type)
    {
        var name = type.Name;
        var isArray = name.EndsWith(']') && name.AsSpan(0, name.Length - 1).TrimEnd(',').EndsWith("[");
        // A compiler's name begins with an angle bracket that is no list of type arguments.
        var from = name.StartsWith('<') ? Math.Max(name.IndexOf('>', StringComparison.Ordinal), 0) + 1 : 0;
        var end = name.AsSpan(from).IndexOfAny('`', '[', '<');
        var stem = end < 0 ? name : name[..(from + end)];
        return new TypeShape(stem, isArray, IsFrameworkModule(type)) { IsPayload = name == "System.String" || (isArray && name.Length == stem.Length + 2 && Array.IndexOf(Numbers, stem) >= 0) };
    }

    /// <summary>As a programmer writes it: generic arguments in angle brackets, no arity. Array ranks ("[]", "[,]") stay.</summary>
    public static string Display(string name)
    {
        var text = new StringBuilder(name.Length);
        var isRank = false;
        for (var i = 0; i < name.Length; i++)
        {
            switch (name[i])
            {
                case '`':
                    for (; i + 1 < name.Length && char.IsAsciiDigit(name[i + 1]); i++)
                    {
                    }

                    break;
                case '[':
                    isRank = name.AsSpan(i + 1).TrimStart(',').StartsWith("]");
                    text.Append(isRank ? '[' : '<');
                    break;
                case ']':
                    text.Append(isRank ? ']' : '>');
                    isRank = false;
                    break;
                default:
                    text.Append(name[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static bool IsFrameworkModule(HeapType type)
    {
        var place = type.Module.Length > 0 ? type.Module : type.Name;
        return place is "System" or "mscorlib" or "netstandard" || place.StartsWith("System.", StringComparison.Ordinal) || place.StartsWith("Microsoft.", StringComparison.Ordinal);
    }
}
