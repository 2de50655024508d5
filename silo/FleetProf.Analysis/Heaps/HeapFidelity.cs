using FleetProf.Analysis.Heaps.Suspects;

namespace FleetProf.Analysis.Heaps;

/// <summary>
/// How much of a heap a snapshot demonstrably holds: its walked bytes against the live bytes that the runtime itself counted at the same
/// collection, less the references that are missing or lead nowhere.
/// </summary>
/// <param name="Score">0 to 1, never 1 when anything is known to be missing; null when there are no figures of the runtime to hold it against.</param>
/// <param name="Sentence">The same for a person, with what is missing.</param>
public sealed record HeapFidelity(double? Score, string Sentence)
{
    /// <summary>A tenth of a percent is what people read.</summary>
    private const double Step = 0.001;

    public static HeapFidelity Of(HeapGraph graph)
    {
        var seen = graph.Completeness;
        var (bytes, objects) = (graph.HeapBytes, graph.NodeCount);
        var lost = seen.MissingEdges + seen.UnresolvedEdges;
        var references = lost == 0 ? 1 : graph.EdgeCount / (double)(graph.EdgeCount + lost);
        double? score = seen.ExpectedBytes is > 0 and var expected ? Math.Floor(Math.Min(1, bytes / (double)expected) * references / Step) * Step : null;
        if (score is not null && !seen.IsComplete)
        {
            score = Math.Min(score.Value, 1 - Step);
        }

        var walked = $"The walk found {Wording.Bytes(bytes)} in {Wording.Count(objects)} objects";
        var against = seen.ExpectedBytes is > 0 and var live
            ? $"{walked}; the runtime counted {Wording.Bytes(live)} live after the same collection."
            : $"{walked}. The file holds no figure of the runtime to compare that with.";
        return new HeapFidelity(score is { } value ? Math.Round(value, 3) : null, $"{against} {(seen.Reason is { } reason ? $"Incomplete: {reason}." : "Nothing is known to be missing.")}");
    }
}
