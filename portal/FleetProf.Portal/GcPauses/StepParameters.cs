using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>A range of time in steps.</summary>
public abstract record StepParameters : RangeParameters
{
    /// <summary>A day, in seconds.</summary>
    public const int LargestStep = 86_400;

    private const int MostPoints = 20_000;

    [Description("Seconds per point, a multiple of 10; 0 or nothing chooses about 500 points."), Range(0, LargestStep)]
    [FromQuery(Name = "step")]
    public int? Step { get; init; }

    [Description("True: a point per window and instance; false: instances are merged.")]
    [FromQuery(Name = "perInstance")]
    public bool? PerInstance { get; init; }

    public TrendQuery ToQuery(string service, DateTimeOffset now) => ToRange(service, now) with { StepSeconds = Step ?? 0, PerInstance = PerInstance ?? false };

    internal static IEnumerable<FieldProblem> Problems(TrendQuery query)
    {
        var problems = Problems(query.From, query.To).ToList();
        if (problems.Count == 0 && query.StepSeconds > 0 && (query.To - query.From).TotalSeconds / query.StepSeconds > MostPoints)
        {
            problems.Add(new("step", $"These are more than {MostPoints} points. Take a larger step or a shorter range."));
        }

        if (query.StepSeconds % 10 != 0)
        {
            problems.Add(new("step", "It must be a multiple of 10 seconds."));
        }

        return problems;
    }
}
