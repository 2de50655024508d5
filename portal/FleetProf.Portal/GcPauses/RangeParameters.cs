using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Which pauses of a service: a range of time, and what restricts it.</summary>
public abstract record RangeParameters
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    [Description("Start; default: one hour before the end.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("Only this instance."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "instance")]
    public string? Instance { get; init; }

    [Description("Only this version."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "version")]
    public string? Version { get; init; }

    /// <summary>Of the whole range, without a step.</summary>
    public TrendQuery ToRange(string service, DateTimeOffset now)
    {
        var to = To ?? now;
        return new() { Service = service, InstanceId = Instance, Version = Version, From = From ?? Before(to, DefaultRange), To = to };
    }

    /// <summary>Not before the beginning of time.</summary>
    internal static DateTimeOffset Before(DateTimeOffset to, TimeSpan by) => to - DateTimeOffset.MinValue > by ? to - by : DateTimeOffset.MinValue;

    internal static IEnumerable<FieldProblem> Problems(DateTimeOffset from, DateTimeOffset to) => from >= to ? [new("from", "It must be before to.")] : [];
}
