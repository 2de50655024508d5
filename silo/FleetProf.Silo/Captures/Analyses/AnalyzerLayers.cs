namespace FleetProf.Silo.Captures.Analyses;

/// <summary>What the analyzer takes from itself before it opens an artifact, as it names it (ConfinementLayer there).</summary>
[Flags]
internal enum AnalyzerLayers
{
    None = 0,

    /// <summary>System calls that no reader of files needs, refused by seccomp.</summary>
    Calls = 1,

    /// <summary>All files but the artifact, its output folder and the runtime's, refused by landlock.</summary>
    Files = 2,

    All = Calls | Files,
}
