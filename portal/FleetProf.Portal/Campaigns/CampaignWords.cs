using System.Globalization;
using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Campaigns;

/// <summary>States and plans of campaigns as people say them.</summary>
internal static class CampaignWords
{
    /// <summary>What a silo that did not answer leaves open, for a sentence of an outage: it may have got the call, or get it still.</summary>
    public const string StopInDoubt = "; it is unknown whether the stop worked, and a second press does no harm";

    public static string Of(CampaignState state) => state switch
    {
        CampaignState.Scheduled => "waits for its next run",
        CampaignState.Running => "running",
        CampaignState.Completed => "completed",
        CampaignState.Stopped => "stopped",
        CampaignState.Expired => "deadline passed",
        _ => state.ToString(),
    };

    public static string TagOf(CampaignState state) => state switch
    {
        CampaignState.Running => "fp-tag fp-live",
        CampaignState.Completed => "fp-tag fp-good",
        CampaignState.Expired => "fp-tag fp-warn",
        _ => "fp-tag",
    };

    /// <summary>"3 of each service" or "20 % of each service".</summary>
    public static string SampleOf(CampaignSpec spec) => spec.SampleSize is { } size
        ? string.Create(CultureInfo.InvariantCulture, $"{size} of each service")
        : $"{CaptureWords.Percent(spec.SampleFraction ?? 0)} of each service";

    /// <summary>"300 ms stop for a heap snapshot at most, files of 64.0 MB at most"; empty where the campaign leaves both as they are.</summary>
    public static string LimitsOf(CampaignSpec spec)
    {
        string?[] limits =
        [
            spec.MaxStallMs is { } stall ? $"{CaptureWords.Milliseconds(stall)} stop for a heap snapshot at most" : null,
            spec.MaxBytes != CampaignSpec.DefaultMaxBytes ? $"files of {CaptureWords.Bytes(spec.MaxBytes)} at most" : null,
        ];
        return string.Join(", ", limits.OfType<string>());
    }

    public static string NameOf(string name, IReadOnlyList<string> services) =>
        name.Length > 0 ? name : services.Count == 0 ? "Campaign" : string.Join(", ", services);
}
