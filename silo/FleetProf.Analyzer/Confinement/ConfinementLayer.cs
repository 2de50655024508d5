namespace FleetProf.Analyzer.Confinement;

/// <summary>What the analyzer takes from itself. The silo reads these names (AnalyzerLayers there).</summary>
[Flags]
internal enum ConfinementLayer
{
    None = 0,

    /// <summary>System calls that no reader of files needs (seccomp).</summary>
    Calls = 1,

    /// <summary>All files but the input, the output folder and the runtime's (landlock).</summary>
    Files = 2,
}
