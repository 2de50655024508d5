namespace FleetProf.Silo.Captures;

/// <summary>How much isolation of the analyzer is asked for.</summary>
public enum AnalyzerIsolation
{
    /// <summary>The most that this host allows.</summary>
    Auto,

    /// <summary>All of it: where the host does not allow it nothing is analysed.</summary>
    Required,

    /// <summary>Limits only.</summary>
    Off,
}
