using System.Globalization;
using FleetProf.Contracts.Campaigns;
using Microsoft.AspNetCore.WebUtilities;

namespace FleetProf.Portal.Campaigns;

/// <summary>Addresses that open the form for a new campaign with choices made.</summary>
internal static class NewCampaignQuery
{
    public const string Path = "campaigns/new";

    /// <summary>The choices of an earlier campaign.</summary>
    public static string Of(CampaignSpec spec)
    {
        List<KeyValuePair<string, string?>> query =
        [
            .. spec.Selector.Services.Select(service => new KeyValuePair<string, string?>("services", service)),
            .. spec.Selector.InstanceIds.Take(50).Select(instance => new KeyValuePair<string, string?>("instances", instance)),
            .. spec.Kinds.Select(kind => new KeyValuePair<string, string?>("kind", kind.ToString().ToLowerInvariant())),
            new("version", spec.Selector.Version),
            new("size", spec.SampleSize?.ToString(CultureInfo.InvariantCulture)),
            new("percent", (spec.SampleFraction * 100)?.ToString(CultureInfo.InvariantCulture)),
            new("seconds", spec.DurationSeconds.ToString(CultureInfo.InvariantCulture)),
            new("cron", spec.Cron),
        ];
        return QueryHelpers.AddQueryString(Path, query.Where(pair => pair.Value is not null));
    }
}
