namespace FleetProf.Analysis.Captures;

/// <summary>The rule by which files go. The numbers are those that are stored.</summary>
public enum RetentionCause
{
    None = 0,
    Age = 1,
    ServiceShare = 2,
    TotalSize = 3,
    LowDisk = 4,
}
