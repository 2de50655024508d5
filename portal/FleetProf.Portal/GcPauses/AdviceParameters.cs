using System.ComponentModel;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of advice.</summary>
public sealed record AdviceParameters
{
    internal static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    [Description("Start; default: one hour before the end. At least ten minutes of activity are needed.")]
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    public AdviceQuery ToQuery(string service, DateTimeOffset now)
    {
        // What is judged ends with the range: later than now there is nothing.
        var to = To < now ? To.Value : now;
        return new() { Service = service, From = From ?? RangeParameters.Before(to, DefaultRange), To = to };
    }

    internal static IEnumerable<FieldProblem> Problems(AdviceQuery query) => query.From >= query.To ? [new("from", "It must be before to.")] : [];
}
