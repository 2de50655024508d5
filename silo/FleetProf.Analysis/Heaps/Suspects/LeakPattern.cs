namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>How objects are held, as far as type names tell.</summary>
public enum LeakPattern
{
    Other = 0,

    /// <summary>Subscribers of an event.</summary>
    EventHandlers = 1,

    /// <summary>Elements of a collection.</summary>
    Collection = 2,

    /// <summary>Entries of a ConcurrentDictionary.</summary>
    ConcurrentDictionary = 3,

    /// <summary>Targets of timers.</summary>
    Timers = 4,

    /// <summary>Locals of asynchronous methods that have not completed.</summary>
    AsyncMethods = 5,

    /// <summary>Objects that wait for their finalizers.</summary>
    FinalizerQueue = 6,

    /// <summary>Objects that a handle pins.</summary>
    PinnedHandles = 7,

    /// <summary>Objects that refer to each other in a list or tree.</summary>
    LinkedObjects = 8,

    /// <summary>Callbacks that were registered with a cancellation token.</summary>
    CancellationCallbacks = 9,

    /// <summary>Strings and arrays of numbers, by who holds them.</summary>
    Payload = 10,
}
