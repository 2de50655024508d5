using System.Globalization;

namespace FleetProf.Analysis.Heaps;

/// <summary>What was seen of a heap and what is known to be missing. A snapshot is complete only when nothing speaks against it.</summary>
public sealed record HeapCompleteness
{
    /// <summary>Walked bytes may fall this far below what the GC says lives: allocation contexts and alignment are not objects.</summary>
    private const double MinimumCoverage = 0.9;

    /// <summary>Small heaps consist of allocation contexts to a large part.</summary>
    private const long CoverageMinimumBytes = 1 << 20;

    public long Objects { get; init; }

    public long Bytes { get; init; }

    /// <summary>Live bytes after the snapshot's GC by its own statistics, free space taken off; null when the recording lacks them.</summary>
    public long? ExpectedBytes { get; init; }

    /// <summary>References that point at no object of the snapshot.</summary>
    public long UnresolvedEdges { get; init; }

    /// <summary>References that objects announced but that never came.</summary>
    public long MissingEdges { get; init; }

    /// <summary>Bulk events that are missing by their sequence numbers.</summary>
    public long LostBulkEvents { get; init; }

    public long LostEvents { get; init; }

    /// <summary>Whether the recording holds the end of the snapshot's GC.</summary>
    public bool SawEnd { get; init; }

    /// <summary>Why the artifact could only be read in part; null when it was whole.</summary>
    public string? ReadProblem { get; init; }

    public bool IsComplete => Reason is null;

    /// <summary>How to read the figures of a snapshot that is not complete; null when it is.</summary>
    public string? Caution => IsComplete ? null
        : "The snapshot is incomplete: counts and shallow sizes are lower bounds; retained sizes and holders may be wrong, because a missing reference makes another look like the only one.";

    /// <summary>All that speaks against completeness, in one line; null when nothing does.</summary>
    public string? Reason
    {
        get
        {
            var reasons = string.Join("; ", Reasons());
            return reasons.Length == 0 ? null : reasons;
        }
    }

    private IEnumerable<string> Reasons()
    {
        if (ReadProblem is not null)
        {
            yield return ReadProblem;
        }

        if (!SawEnd)
        {
            yield return "the recording ends before the heap walk does";
        }

        if (LostBulkEvents > 0)
        {
            yield return Text($"{LostBulkEvents} blocks of heap events are missing");
        }
        else if (LostEvents > 0)
        {
            yield return Text($"{LostEvents} events were lost in the process");
        }

        if (MissingEdges > 0)
        {
            yield return Text($"{MissingEdges} references are missing");
        }

        if (UnresolvedEdges > 0)
        {
            yield return Text($"{UnresolvedEdges} references point at objects that are not in the snapshot");
        }

        if (ExpectedBytes is > CoverageMinimumBytes and var expected && Bytes < expected * MinimumCoverage)
        {
            yield return Text($"{Bytes} bytes were walked, but the GC reports {expected} live bytes");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
