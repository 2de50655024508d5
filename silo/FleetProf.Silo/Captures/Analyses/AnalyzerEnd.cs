namespace FleetProf.Silo.Captures.Analyses;

/// <summary>The ways in which a run of the analyzer can end.</summary>
internal enum AnalyzerEnd
{
    Done,

    /// <summary>The analyzer said, by itself, that it cannot read the artifact.</summary>
    Unreadable,

    Crashed,

    /// <summary>There was no space for its results; nothing that the artifact did.</summary>
    NoSpace,

    /// <summary>It was killed at one of its limits.</summary>
    Overran,
}
