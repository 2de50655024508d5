namespace FleetProf.Analyzer.Profiles.Pprof;

/// <summary>Which functions exist only to make a profile: those of Go's profilers and of the handler that serves them.</summary>
internal static class ProfilerOwn
{
    /// <summary>A stack that holds such a function is the profiler's work. Labels are not: a program runs its own code inside runtime/pprof.Do.</summary>
    public static bool Is(string function) =>
        function.StartsWith("net/http/pprof.", StringComparison.Ordinal)
        || (function.StartsWith("runtime/pprof.", StringComparison.Ordinal) && !function.StartsWith("runtime/pprof.Do", StringComparison.Ordinal));
}
