namespace FleetProf.Measures.GcPauses;

/// <summary>How a collection ran. Numbers equal the Type field of the runtime's GCStart event.</summary>
public enum GcKind
{
    Blocking = 0,
    Background = 1,
    Foreground = 2,
}
