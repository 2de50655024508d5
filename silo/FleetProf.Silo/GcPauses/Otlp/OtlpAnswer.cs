namespace FleetProf.Silo.GcPauses.Otlp;

/// <summary>What a collector said to one request.</summary>
/// <param name="IsTaken">It has the request, or at least a part of it.</param>
/// <param name="MayRepeat">It could not take it now.</param>
/// <param name="RejectedPoints">Points that it did not want.</param>
/// <param name="Reason">What went wrong, for people; empty when nothing did.</param>
/// <param name="Wait">How long it wants to be left alone; null when it says nothing about it.</param>
internal sealed record OtlpAnswer(bool IsTaken, bool MayRepeat, long RejectedPoints, string Reason, TimeSpan? Wait = null)
{
    private const int LongestReason = 200;

    public static OtlpAnswer Taken(long rejectedPoints, string reason) => new(true, false, rejectedPoints, Short(reason));

    public static OtlpAnswer Later(string reason, TimeSpan? wait = null) => new(false, true, 0, Short(reason), wait);

    public static OtlpAnswer Refused(string reason) => new(false, false, 0, Short(reason));

    /// <summary>It comes from elsewhere and goes into the log: one line, not a long one.</summary>
    private static string Short(string reason) => reason.ReplaceLineEndings(" ") is { Length: > LongestReason } text ? text[..LongestReason] : reason.ReplaceLineEndings(" ");
}
