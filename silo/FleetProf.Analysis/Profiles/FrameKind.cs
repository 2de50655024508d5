namespace FleetProf.Analysis.Profiles;

/// <summary>What a frame stands for.</summary>
public enum FrameKind
{
    Method,

    /// <summary>The leaf of an allocation stack: the type that was allocated.</summary>
    AllocatedType,
}
