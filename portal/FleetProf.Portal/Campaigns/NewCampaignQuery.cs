using System.Globalization;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using Microsoft.AspNetCore.WebUtilities;

namespace FleetProf.Portal.Campaigns;

/// <summary>Addresses that open the form for a new campaign with choices made.</summary>
internal static class NewCampaignQuery
{
    public const string Path = "campaigns/new";

    /// <summary>As many as the fleet page lets one choose.</summary>
    private const int MostInstances = Fleet.FleetPageState.MostSelected;

    /// <summary>The same once more: of the same instance, or of another one of the service when that one is gone.</summary>
    public static string Again(Capture capture)
    {
        var isGone = capture.Failure is CaptureFailure.ProcessExited or CaptureFailure.ProcessReplaced or CaptureFailure.InstanceGone or CaptureFailure.UnknownInstance;
        return Of(new()
        {
            Selector = isGone ? new() { Services = [capture.Service] } : new() { InstanceIds = [capture.InstanceId] },
            Kinds = [capture.Kind],
            SampleSize = 1,
            DurationSeconds = capture.DurationSeconds > 0 ? capture.DurationSeconds : 10,
            WhenPauseOverMs = capture.WhenPauseOverMs,
        });
    }

    /// <summary>The choices of an earlier campaign.</summary>
    public static string Of(CampaignSpec spec)
    {
        List<KeyValuePair<string, string?>> query =
        [
            .. spec.Selector.Services.Select(service => new KeyValuePair<string, string?>("services", service)),
            .. spec.Selector.InstanceIds.Take(MostInstances).Select(instance => new KeyValuePair<string, string?>("instances", instance)),
            .. spec.Kinds.Select(kind => new KeyValuePair<string, string?>("kind", kind.ToString().ToLowerInvariant())),
            new("version", spec.Selector.Version),
            new("size", spec.SampleSize?.ToString(CultureInfo.InvariantCulture)),
            new("percent", spec.SampleFraction is { } fraction ? Math.Round(fraction * 100, 6).ToString(CultureInfo.InvariantCulture) : null),
            new("seconds", spec.DurationSeconds.ToString(CultureInfo.InvariantCulture)),
            new("cron", spec.Cron),
            new("pauseOver", spec.WhenPauseOverMs?.ToString(CultureInfo.InvariantCulture)),
            new("labels", spec.Selector.Labels.Count > 0 ? string.Join(", ", spec.Selector.Labels.Select(label => $"{label.Key}={label.Value}")) : null),
            new("atOnce", spec.MaxConcurrentPerService == 1 ? null : spec.MaxConcurrentPerService.ToString(CultureInfo.InvariantCulture)),
            new("minutes", spec.Deadline == TimeSpan.FromHours(1) ? null : ((int)spec.Deadline.TotalMinutes).ToString(CultureInfo.InvariantCulture)),
            new("name", spec.Name),
            new("reason", spec.Reason),
        ];
        return QueryHelpers.AddQueryString(Path, query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }
}
