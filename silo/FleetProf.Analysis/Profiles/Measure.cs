namespace FleetProf.Analysis.Profiles;

/// <summary>What one value of a sample counts, in pprof's terms.</summary>
/// <param name="Name">For example "samples" or "alloc_space".</param>
/// <param name="Unit">"count", "bytes" or "nanoseconds".</param>
public readonly record struct Measure(string Name, string Unit);
