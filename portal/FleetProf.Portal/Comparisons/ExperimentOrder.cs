using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace FleetProf.Portal.Comparisons;

/// <summary>Body of a new experiment.</summary>
public sealed record ExperimentOrder
{
    [Description("Rule of the advice to try, as GET /services/{service}/advice names it."), Required, StringLength(100, MinimumLength = 1)]
    public required string Rule { get; init; }

    [Description("Start of what the advice is taken from and the change is compared with; default: one hour before the end.")]
    public DateTimeOffset? From { get; init; }

    [Description("End; default: now.")]
    public DateTimeOffset? To { get; init; }
}
