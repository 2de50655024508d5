namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>Ways in which code allocates without saying so. The codes H01 to H20 are what files and addresses carry; numbers are never reused.</summary>
public enum HiddenAllocationClass
{
    /// <summary>Nothing is claimed about the sample.</summary>
    Unclassified = 0,

    /// <summary>A value type became an object.</summary>
    Boxing = 1,

    /// <summary>The object that carries the variables a lambda or local function captured.</summary>
    Closure = 2,

    /// <summary>A delegate of a capturing lambda or a method group.</summary>
    Delegate = 3,

    /// <summary>The array behind <c>params</c>.</summary>
    ParamsArray = 4,

    /// <summary>The object behind <c>yield return</c>.</summary>
    Iterator = 5,

    /// <summary>State machines, tasks and task sources of asynchronous methods.</summary>
    AsyncMachine = 6,

    /// <summary>The enumerator of a collection that is seen through an interface.</summary>
    BoxedEnumerator = 7,

    /// <summary>Concatenated, interpolated, formatted or cut strings.</summary>
    StringBuilding = 8,

    /// <summary>The array and the pieces of <c>string.Split</c>.</summary>
    SplitPieces = 9,

    /// <summary>Look-ups and calls by reflection.</summary>
    Reflection = 10,

    /// <summary>The arrays that a list outgrows.</summary>
    ListGrowth = 11,

    /// <summary>The tables that a dictionary or hash set outgrows.</summary>
    DictionaryGrowth = 12,

    /// <summary>The chunks of a string builder.</summary>
    StringBuilderGrowth = 13,

    /// <summary>Streams, queues, writers and arrays that are copied into larger ones.</summary>
    BufferGrowth = 14,

    /// <summary>Iterators, buffers and look-ups of LINQ.</summary>
    Linq = 15,

    /// <summary>Exceptions and what the runtime keeps for them.</summary>
    Exceptions = 16,

    /// <summary>Arrays of 85,000 bytes and more, collected with gen2 only.</summary>
    LargeArray = 17,

    /// <summary>Timers, time-outs and cancellation sources.</summary>
    Timers = 18,

    /// <summary>Allocated inside a framework on behalf of a user's call.</summary>
    Framework = 19,

    /// <summary>The closure and state machine of a capturing asynchronous lambda.</summary>
    AsyncClosure = 20,
}
