namespace FleetProf.Analysis.Allocations.Escapes;

/// <summary>How the report and the profile go together at one line.</summary>
public enum EscapeVerdict
{
    /// <summary>The report says that something escapes, and the line allocates.</summary>
    Escapes,

    /// <summary>The report says that what is made there does not escape, and the line allocates all the same.</summary>
    DoesNotEscape,

    /// <summary>The report covers the file and says nothing of allocation in this line.</summary>
    NotSaid,

    /// <summary>The report does not cover the file.</summary>
    NotCovered,
}
