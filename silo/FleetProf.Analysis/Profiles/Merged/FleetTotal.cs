namespace FleetProf.Analysis.Profiles.Merged;

/// <summary>An estimate for the whole fleet.</summary>
/// <param name="Value">Sum over all instances, captured or not.</param>
/// <param name="HalfWidth">Half of the 95 % interval; null when a service has one capture of several instances, which says nothing about their spread.</param>
/// <param name="MoreCaptures">
/// Further captures for an interval of ±10 % or less, spread where they help most; 0 when it is narrow enough; null when no number of captures
/// does it (the recordings themselves are too short) or the spread is unknown.
/// </param>
public readonly record struct FleetTotal(double Value, double? HalfWidth, int? MoreCaptures)
{
    /// <summary>Half width as a share of the value; null when it is unknown or the value is zero.</summary>
    public double? RelativeError => HalfWidth is { } half && Value > 0 ? half / Value : null;
}
