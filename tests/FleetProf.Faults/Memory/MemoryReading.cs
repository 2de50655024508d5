namespace FleetProf.Faults.Memory;

/// <summary>The memory of one process in a quiet moment, in bytes. The line of the history around it tells when.</summary>
internal sealed record MemoryReading
{
    public required string Process { get; init; }

    /// <summary>A process that was started again is another one.</summary>
    public required int Pid { get; init; }

    /// <summary>Milliseconds since it was started.</summary>
    public long AgeMs { get; init; }

    /// <summary>Objects that a collection of the whole heap, made for this reading, left alive; null when it could not be made.</summary>
    public long? Live { get; init; }

    /// <summary>Anonymous pages outside of the collector's range; null when that range was not found.</summary>
    public long? Native { get; init; }

    /// <summary>Pages inside of the collector's range, garbage and empty ones among them. Not judged.</summary>
    public long Heap { get; init; }

    /// <summary>Code that was compiled, and what belongs to it. Not judged: it ends when everything is compiled.</summary>
    public long Code { get; init; }

    /// <summary>The RSS. Not judged.</summary>
    public long Resident { get; init; }

    /// <summary>Captures of the whole fleet that were over by then.</summary>
    public int Captures { get; init; }
}
