namespace FleetProf.Contracts.Captures;

/// <summary>Where a running capture is. Numbers equal those of agent.proto.</summary>
public enum CapturePhase
{
    Unknown = 0,
    Queued = 1,
    Attaching = 2,
    Collecting = 3,
    Rundown = 4,
    Uploading = 5,
    Analysing = 6,

    /// <summary>Waits for a pause that is long enough; between Attaching and Collecting.</summary>
    Armed = 7,
}
