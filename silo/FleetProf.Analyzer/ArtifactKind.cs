namespace FleetProf.Analyzer;

/// <summary>What the caller says the artifact was captured for; numbers equal those of the contracts' CaptureKind.</summary>
internal enum ArtifactKind
{
    /// <summary>Look into the file and write all it holds.</summary>
    Auto = 0,
    Trace = 1,
    Alloc = 2,
    Gcdump = 3,
    Gc = 4,
    Goroutines = 5,
}
