namespace FleetProf.Contracts.Captures;

/// <summary>Why files are gone, in words; shown by portal, CLI and REST alike.</summary>
public static class RemovalWords
{
    /// <summary>The reason as the end of a sentence. Never empty, also for unknown values of newer peers.</summary>
    public static string Of(RemovalReason reason) => reason switch
    {
        RemovalReason.None => "they are kept",
        RemovalReason.Age => "it was older than captures are kept",
        RemovalReason.ServiceShare => "its service held more than its share of the store",
        RemovalReason.TotalSize => "the store held more than it may",
        RemovalReason.LowDisk => "the volume was nearly full",
        _ => "of a rule that this version does not know",
    };

    /// <summary>One sentence of a capture whose files are gone.</summary>
    public static string Of(Capture capture) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"The files of this capture were deleted by retention on {capture.RemovedAt?.UtcDateTime:yyyy-MM-dd HH:mm} UTC, because {Of(capture.RemovedBecause)}. What is said here was kept.");
}
