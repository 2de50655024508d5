namespace FleetProf.Agent.Captures.Armed;

/// <summary>A recording that runs and may be thrown away. Tests play one.</summary>
internal interface IHeldRecording
{
    /// <summary>Bytes so far.</summary>
    long Bytes { get; }

    /// <summary>Completes when something ends it although nobody asked: its target, its limit, a full disk.</summary>
    Task<CaptureEnd> Ended { get; }

    /// <summary>Ends its session in the target, reads what that still says, and leaves no file.</summary>
    Task DiscardAsync();
}
