using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.GcPauses;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of the longest GCs.</summary>
public sealed record LongGcParameters : RangeParameters
{
    private const int DefaultTop = 20;

    [Description("How many, 20 by default. The range is widened to whole minutes. Of an instance the five longest of every minute are known, in ranges over six hours of every quarter of an hour, and in one or two minutes of one instance three of every ten seconds; where these are more than 50,000 minutes or quarters of instances, of a service and version the twenty longest of each."), Range(1, 1_000)]
    [FromQuery(Name = "top")]
    public int? Top { get; init; }

    public LongGcQuery ToQuery(string service, DateTimeOffset now)
    {
        var range = ToRange(service, now);
        return new() { Service = service, InstanceId = range.InstanceId, Version = range.Version, From = range.From, To = range.To, Limit = Top ?? DefaultTop };
    }
}
