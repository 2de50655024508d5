namespace FleetProf.Measures.Traces;

/// <summary>
/// How much a <see cref="NettraceReader"/> and an <see cref="EventSorter"/> keep of one stream at most, whatever it holds. The defaults
/// fit any recording; who reads many streams at once, of targets that need not be trusted, names less.
/// </summary>
public sealed record TraceLimits
{
    public static TraceLimits Default { get; } = new();

    /// <summary>Bytes of the largest block that is read; a larger one is <see cref="NettraceError.BlockTooLarge"/>. Runtimes write blocks of about 100 KB, and one event of at most 64 KB may come on top.</summary>
    public int BlockBytes { get; init; } = 4 << 20;

    /// <summary>Event types; more are <see cref="NettraceError.TooManyEventTypes"/>.</summary>
    public int EventTypes { get; init; } = 50_000;

    /// <summary>Characters of the names of event types in all; more are <see cref="NettraceError.TooManyEventTypes"/>.</summary>
    public int NameChars { get; init; } = 4_000_000;

    /// <summary>Threads whose events are counted. A stream that names more is hardly a real one; forgetting some costs accuracy of the losses, not memory.</summary>
    public int Threads { get; init; } = 100_000;

    /// <summary>Events that are held back for sorting. With more, all are delivered without waiting for stragglers.</summary>
    public int HeldEvents { get; init; } = 65_536;

    /// <summary>Bytes of their payloads; with more as well.</summary>
    public int HeldBytes { get; init; } = 8 << 20;
}
