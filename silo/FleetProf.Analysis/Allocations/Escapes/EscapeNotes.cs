namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>What a line of the join means, where the report alone misleads.</summary>
internal static class EscapeNotes
{
    public static string? Of(EscapeVerdict verdict, IReadOnlyList<EscapeLine> said) => verdict switch
    {
        EscapeVerdict.DoesNotEscape => "said to stay on the stack, and allocates all the same: only the first backing store does; append that outgrows it, a map that grows, or a string longer than the 32 bytes kept for it allocates without a word in the report",
        EscapeVerdict.NotSaid => "nothing is said of this line: append that outgrows its slice, and an entry put into a map, allocate without a word in the report",
        EscapeVerdict.NotCovered => "the package is not in the report: compile it with -gcflags=PACKAGE=-m=2, or all=-m=2; look at its callers in the flame graph meanwhile",
        _ when said.Any(line => line.Reason?.Contains("non-constant size", StringComparison.Ordinal) == true) => "the size is not known when compiling; a constant one may stay on the stack, and Go 1.25 and newer keep small ones there",
        _ when said.Any(line => line.Reason?.Contains("too large for stack", StringComparison.Ordinal) == true) => "too large for the stack whatever becomes of it",
        _ when said.Any(line => line.Kind == EscapeKind.MovedToHeap) => "the variable itself is on the heap, as its address outlives the function: often a closure that captures it by reference",
        _ when said.Any(line => line.Subject.StartsWith("~R", StringComparison.Ordinal) || line.Subject.StartsWith("~r", StringComparison.Ordinal)) => "the result of an inlined call, put into an interface",
        _ => null,
    };
}
