namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>Which functions exist only to make a profile: those of Go's profilers and of the handler that serves them.</summary>
internal static class ProfilerOwn
{
    private const string Profilers = "runtime/pprof.";

    // How the names begin of all that makes, merges, reads and sets labels, called by Do or by the program itself.
    private static readonly string[] Labels =
    [
        "Do", "Label", "WithLabels", "ForLabels", "SetGoroutineLabels", "labelMap", "labelValue", "mergeLabelSets",
        "(*labelMap).", "(*LabelSet).", "runtime_setProfLabel", "runtime_getProfLabel",
    ];

    /// <summary>
    /// A stack that holds such a function is the profiler's work. Labels are not: a program sets them itself, and runs its own code inside
    /// runtime/pprof.Do. Where a profiler writes labels down, its other functions are on the stack, too.
    /// </summary>
    public static bool Is(string function) =>
        function.StartsWith("net/http/pprof.", StringComparison.Ordinal)
        || (function.StartsWith(Profilers, StringComparison.Ordinal) && !Array.Exists(Labels, name => function.AsSpan(Profilers.Length).StartsWith(name, StringComparison.Ordinal)));
}
