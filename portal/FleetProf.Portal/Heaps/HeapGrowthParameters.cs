using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Heaps;
using FleetProf.Portal.GcPauses;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Heaps;

/// <summary>Which heap snapshots of a service are looked at for growth.</summary>
public sealed record HeapGrowthParameters
{
    /// <summary>Leaks are slow, and snapshots far between.</summary>
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(7);

    [Description("Start; default: seven days before the end.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("Only this version."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "version")]
    public string? Version { get; init; }

    public HeapGrowthQuery ToQuery(string service, DateTimeOffset now)
    {
        var to = To ?? now;
        return new() { Service = service, Version = Version, From = From ?? RangeParameters.Before(to, DefaultRange), To = to };
    }
}
