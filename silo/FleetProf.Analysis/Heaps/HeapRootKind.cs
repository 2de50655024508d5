namespace FleetProf.Analysis.Heaps;

/// <summary>Why a root keeps an object alive. Numbers are stored in heap.graph and never change.</summary>
public enum HeapRootKind
{
    Other = 0,
    Stack = 1,
    Finalizer = 2,
    StrongHandle = 3,
    PinnedHandle = 4,
    RefCountedHandle = 5,
    StaticField = 6,
    ThreadStaticField = 7,

    /// <summary>From an object of an older generation; only seen when less than the whole heap was collected.</summary>
    OlderGeneration = 8,

    /// <summary>The value of a dependent handle whose key is not in the snapshot.</summary>
    DependentHandle = 9,

    /// <summary>Refers to the object, but keeps nothing alive.</summary>
    WeakHandle = 10,
}
