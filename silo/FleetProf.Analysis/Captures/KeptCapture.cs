namespace FleetProf.Analysis.Captures;

/// <summary>A capture that has files, as retention sees it.</summary>
/// <param name="CaptureId">Its key.</param>
/// <param name="Service">Whose share it takes.</param>
/// <param name="ReceivedAt">Its age counts from here.</param>
/// <param name="Bytes">Of all its files.</param>
/// <param name="MayGo">Neither pinned nor cited nor under work.</param>
public sealed record KeptCapture(string CaptureId, string Service, DateTimeOffset ReceivedAt, long Bytes, bool MayGo);
