using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>What the analyzer found a capture's process to run.</summary>
internal static class CaptureRuntime
{
    /// <summary>A profile of a Go program: by function and line, without types. False before it was analysed, where the kind does not tell.</summary>
    public static bool IsGo(this Capture capture) => capture.Kind == CaptureKind.Goroutines || capture.Summary?.Runtime == "Go";

    /// <summary>Null when both are of one runtime: samples, estimates and names of two cannot be held against each other.</summary>
    public static string? WhyNotTogether(Capture first, Capture second) =>
        first.IsGo() == second.IsGo() ? null : "Both must be of one runtime; one of these is of Go, whose profiles are sampled and named in another way than .NET's.";
}
