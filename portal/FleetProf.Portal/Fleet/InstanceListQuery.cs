using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Fleet;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Fleet;

/// <summary>Query of the list of instances.</summary>
public sealed record InstanceListQuery
{
    [Description("Exact name of a service."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "service")]
    public string? Service { get; init; }

    [StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "version")]
    public string? Version { get; init; }

    [StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "host")]
    public string? Host { get; init; }

    [Description("Also processes that have ended.")]
    [FromQuery(Name = "includeEnded")]
    public bool? IncludeEnded { get; init; }

    [Description("Rows at most; default 1,000."), Range(1, 20_000)]
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    public InstanceFilter ToFilter() => new() { Service = Service, Version = Version, Host = Host, IncludeEnded = IncludeEnded ?? false, Limit = Limit ?? 1000 };
}
