using System.Globalization;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>Estimates in words: "9 of 10 captures stand for 120 instances. Together these allocate 1.2 GB/s, ±8 %; 3 more captures would make that ±10 %."</summary>
internal static class FleetEstimateSentence
{
    public static string Of(FleetEstimates estimates)
    {
        var total = estimates.Table switch
        {
            FleetTable.CpuMethods => $"run {(estimates.Total / 1000).ToString("N2", CultureInfo.InvariantCulture)} s of code in each second",
            FleetTable.HeapTypes => $"hold {CaptureWords.Bytes(estimates.Total)}",
            _ => $"allocate {CaptureWords.Bytes(estimates.Total)}/s",
        };
        var error = estimates.TotalRelativeError is { } relative ? $", ±{CaptureWords.Percent(relative)}" : "";
        return $"{estimates.MergedCaptures} of {estimates.DrawnCaptures} captures stand for {estimates.PopulationSize} instances{LeftOut(estimates.LossyCaptures)}{Unlike(estimates)}{Oversized(estimates)}. Together these {total}{error}{More(estimates)}.";
    }

    private static string LeftOut(int lossy) => lossy switch
    {
        0 => "",
        1 => "; 1 was left out because it lost more than 5 % of its events",
        _ => $"; {lossy} were left out because they lost more than 5 % of their events",
    };

    private static string Unlike(FleetEstimates estimates)
    {
        var biased = estimates.BiasedCaptures > 0 ? $"; {estimates.BiasedCaptures} left out as biased, which these are not" : "";
        return estimates.OtherRuntimeCaptures > 0 ? $"{biased}; {estimates.OtherRuntimeCaptures} left out as of another runtime" : biased;
    }

    // Where there is an interval all of them are of other services, for which the merged ones do not stand.
    private static string Oversized(FleetEstimates estimates)
    {
        var tooLow = estimates.TotalRelativeError is null ? ", so that the figures are too low" : "";
        return estimates.OversizedCaptures switch
        {
            0 => "",
            1 => $"; 1 is missing because its heap was refused for its size, or not whole{tooLow}",
            var captures => $"; {captures} are missing because their heaps were refused for their size, or not whole{tooLow}",
        };
    }

    private static string More(FleetEstimates estimates) => estimates switch
    {
        { IsLossy: true } => " or more: every capture lost more than 5 % of its events, so that all figures are too low and have no interval",
        { IsBiased: true } => "; a biased source has no interval",
        { IsMixed: true } => "; some of those left out are of the same services, so that there is no interval",
        { OversizedCaptures: > 0, TotalRelativeError: null } => " or more, without an interval",
        { Table: not FleetTable.HeapTypes, Total: 0 } => "; no sample was taken, which says only that there was little: capture for longer",
        { TotalRelativeError: null } => "; with one capture for several instances their spread is unknown",
        { TotalMoreCaptures: > 0 and var count } => $"; {count} more captures would make that ±10 %",
        { Table: not FleetTable.HeapTypes, TotalMoreCaptures: null } => "; longer recordings, not more of them, would narrow that",
        _ => "",
    };
}
