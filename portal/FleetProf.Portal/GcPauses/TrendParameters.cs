using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of a trend.</summary>
public sealed record TrendParameters
{
    private const int MostPoints = 20_000;

    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    [Description("Start; default: one hour before the end.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [Description("Seconds per point, a multiple of 10; 0 or nothing chooses about 500 points."), Range(0, 86_400)]
    [FromQuery(Name = "step")]
    public int? Step { get; init; }

    [Description("True: a point per window and instance; false: instances are merged.")]
    [FromQuery(Name = "perInstance")]
    public bool? PerInstance { get; init; }

    [Description("Only this instance."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "instance")]
    public string? Instance { get; init; }

    [Description("Only this version."), StringLength(256, MinimumLength = 1)]
    [FromQuery(Name = "version")]
    public string? Version { get; init; }

    public TrendQuery ToQuery(string service, DateTimeOffset now)
    {
        var to = To ?? now;
        return new() { Service = service, InstanceId = Instance, Version = Version, From = From ?? to - DefaultRange, To = to, StepSeconds = Step ?? 0, PerInstance = PerInstance ?? false };
    }

    internal static IEnumerable<FieldProblem> Problems(TrendQuery query)
    {
        if (query.From >= query.To)
        {
            yield return new("from", "It must be before to.");
        }
        else if (query.StepSeconds > 0 && (query.To - query.From).TotalSeconds / query.StepSeconds > MostPoints)
        {
            yield return new("step", $"These are more than {MostPoints} points. Take a larger step or a shorter range.");
        }

        if (query.StepSeconds % 10 != 0)
        {
            yield return new("step", "It must be a multiple of 10 seconds.");
        }
    }
}
