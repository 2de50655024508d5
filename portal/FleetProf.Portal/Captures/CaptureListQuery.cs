using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Captures;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Captures;

/// <summary>Query of the list of captures.</summary>
public sealed record CaptureListQuery
{
    [Description("Exact name of a service."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "service")]
    public string? Service { get; init; }

    [Description("Id of a campaign."), StringLength(64, MinimumLength = 1)]
    [FromQuery(Name = "campaign")]
    public string? Campaign { get; init; }

    [Description("Id of an instance."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "instance")]
    public string? Instance { get; init; }

    [FromQuery(Name = "kind")]
    public CaptureKind? Kind { get; init; }

    [FromQuery(Name = "state")]
    public CaptureState? State { get; init; }

    [Description("Requested at or after this time.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("Requested at or before this time.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("Rows at most; default 100."), Range(1, 1000)]
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    public CaptureFilter ToFilter() => new()
    {
        Service = Service, CampaignId = Campaign, InstanceId = Instance, Kind = Kind, State = State, From = From, To = To, Limit = Limit ?? 100,
    };
}
