namespace FleetProf.Agent.Captures;

/// <summary>One try of one capture: what runs at most once, ever.</summary>
internal readonly record struct CaptureKey(string CaptureId, uint Attempt)
{
    /// <summary>"captureId#attempt", as Hello carries it.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{CaptureId}#{Attempt}");
}
