namespace FleetProf.Faults.Scenarios;

/// <summary>When a fault happens, in the life of the capture that it meets.</summary>
internal enum Phase
{
    /// <summary>Nothing is captured.</summary>
    Idle,

    /// <summary>As soon as the campaign is acknowledged.</summary>
    Dispatch,

    MidCapture,

    MidUpload,

    /// <summary>While it is analysed.</summary>
    Finalise,
}
