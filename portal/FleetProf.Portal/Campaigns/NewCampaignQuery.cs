using System.Globalization;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Layout;
using Microsoft.AspNetCore.WebUtilities;

namespace FleetProf.Portal.Campaigns;

/// <summary>Addresses that open the form for a new campaign with choices made.</summary>
internal static class NewCampaignQuery
{
    public const string Path = "campaigns/new";

    /// <summary>As many as the fleet page lets one choose.</summary>
    private const int MostInstances = Fleet.FleetPageState.MostSelected;

    private const string Id = "id";

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

    /// <summary>The choices of an earlier campaign, or those made so far.</summary>
    /// <param name="spec">Of its instances an address holds the first hundred, and how many there are.</param>
    /// <param name="named">How many there were before, where these are what an address held.</param>
    /// <param name="campaignId">Under which the form has been sent, so that it starts one campaign also after a reload; null for a form that has not.</param>
    public static string Of(CampaignSpec spec, int named = 0, string? campaignId = null)
    {
        var all = Math.Max(named, spec.Selector.InstanceIds.Count);
        List<KeyValuePair<string, string?>> query =
        [
            .. spec.Selector.Services.Select(service => new KeyValuePair<string, string?>("services", service)),
            .. spec.Selector.InstanceIds.Take(MostInstances).Select(instance => new KeyValuePair<string, string?>("instances", instance)),
            .. spec.Kinds.Select(kind => new KeyValuePair<string, string?>("kind", kind.ToString().ToLowerInvariant())),
            new("named", all > MostInstances ? all.ToString(CultureInfo.InvariantCulture) : null),
            new("version", spec.Selector.Version),
            new("size", spec.SampleSize?.ToString(CultureInfo.InvariantCulture)),
            new("percent", spec.SampleFraction is { } fraction ? Math.Round(fraction * 100, 6).ToString(CultureInfo.InvariantCulture) : null),
            new("seconds", spec.DurationSeconds.ToString(CultureInfo.InvariantCulture)),
            new("maxBytes", spec.MaxBytes == CampaignSpec.DefaultMaxBytes ? null : spec.MaxBytes.ToString(CultureInfo.InvariantCulture)),
            new("maxStall", spec.MaxStallMs?.ToString(CultureInfo.InvariantCulture)),
            new("cron", spec.Cron),
            new("pauseOver", spec.WhenPauseOverMs?.ToString(CultureInfo.InvariantCulture)),
            new("labels", spec.Selector.Labels.Count > 0 ? string.Join(", ", spec.Selector.Labels.Select(label => $"{label.Key}={label.Value}")) : null),
            new("atOnce", spec.MaxConcurrentPerService == 1 ? null : spec.MaxConcurrentPerService.ToString(CultureInfo.InvariantCulture)),
            new("minutes", spec.Deadline == TimeSpan.FromHours(1) ? null : ((int)spec.Deadline.TotalMinutes).ToString(CultureInfo.InvariantCulture)),
            new("name", spec.Name),
            new("reason", spec.Reason),
            new(Id, campaignId),
        ];
        return QueryHelpers.AddQueryString(Path, query.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    /// <summary>The form that an address opens; what it does not tell, or not readably, is as in an empty one.</summary>
    public static CampaignDraft Read(string uri)
    {
        var query = new PageQuery(uri);
        var instances = query.Texts("instances", int.MaxValue);
        var (percent, cron, pauseOver) = (NumberOf(query, "percent"), query.Text("cron"), NumberOf(query, "pauseOver"));
        return new()
        {
            Services = new(query.Texts("services", int.MaxValue), StringComparer.Ordinal),
            InstanceIds = [.. instances],
            NamedInstances = CountOf(query, "named") ?? 0,
            Kinds = [.. query.Choices<CaptureKind>("kind").DefaultIfEmpty(CaptureKind.Trace)],
            Version = query.Text("version") ?? "",
            SampleSize = CountOf(query, "size") ?? (instances.Count > 0 ? instances.Count : 2),
            SamplePercent = percent ?? 10,
            IsFraction = percent is not null,
            DurationSeconds = CountOf(query, "seconds") ?? 10,
            MaxMegabytes = CampaignDraft.MegabytesOf(BytesOf(query, "maxBytes") ?? CampaignSpec.DefaultMaxBytes),
            MaxStallMs = NumberOf(query, "maxStall"),
            IsRecurring = cron is not null,
            Cron = cron ?? "0 3 * * *",
            IsAtPause = pauseOver is not null,
            WhenPauseOverMs = pauseOver ?? 200,
            Labels = query.Text("labels") ?? "",
            MaxConcurrentPerService = CountOf(query, "atOnce") ?? 1,
            DeadlineMinutes = CountOf(query, "minutes") ?? 60,
            Name = query.Text("name") ?? "",
            Reason = query.Text("reason") ?? "",
        };
    }

    /// <summary>The id under which the form of an address has been sent; null where it has not, or where the text is no id.</summary>
    public static string? IdIn(string uri) => new PageQuery(uri).Text(Id) is { } id && RunIds.IsId(id) ? id : null;

    private static int? CountOf(PageQuery query, string name) => int.TryParse(query.Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static long? BytesOf(PageQuery query, string name) => long.TryParse(query.Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static double? NumberOf(PageQuery query, string name) => double.TryParse(query.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
