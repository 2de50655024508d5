namespace FleetProf.Measures.Traces;

/// <summary>What is wrong with a nettrace stream.</summary>
public enum NettraceError
{
    /// <summary>The first bytes are not those of a nettrace.</summary>
    NotNettrace,

    /// <summary>A nettrace, but of a format this reader does not know (it reads versions 4 and 5).</summary>
    UnsupportedVersion,

    /// <summary>The frame around a block is broken.</summary>
    BadFrame,

    /// <summary>A block announces more bytes than any runtime writes.</summary>
    BlockTooLarge,

    /// <summary>The inside of a block is broken.</summary>
    BadBlock,

    /// <summary>An event, or the description of an event type, is broken.</summary>
    BadEvent,

    /// <summary>More event types, or longer names, than the reader is willing to keep.</summary>
    TooManyEventTypes,

    /// <summary>The stream ends before its end mark: the target exited or the file was cut.</summary>
    Truncated,
}
