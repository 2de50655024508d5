using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.GcPauses;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of the longest GCs.</summary>
public sealed record LongGcParameters
{
    private const int DefaultTop = 20;

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    [Description("Start; default: one hour before the end. The range is widened to whole minutes.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("How many, 20 by default. Of an instance the five longest of every minute are known, in ranges over six hours of every quarter of an hour."), Range(1, 1_000)]
    [FromQuery(Name = "top")]
    public int? Top { get; init; }

    [Description("Only this instance."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "instance")]
    public string? Instance { get; init; }

    [Description("Only this version."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "version")]
    public string? Version { get; init; }

    public LongGcQuery ToQuery(string service, DateTimeOffset now)
    {
        var to = To ?? now;
        return new() { Service = service, InstanceId = Instance, Version = Version, From = From ?? to - DefaultRange, To = to, Limit = Top ?? DefaultTop };
    }
}
