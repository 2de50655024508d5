using System.ComponentModel;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>A range of time in steps, and which figures of each.</summary>
public abstract record FieldParameters : StepParameters
{
    [Description("Names of the wanted figures, as a point of a trend has them; \"reasons\" stands for a column per reason. Default: all.")]
    [FromQuery(Name = "field")]
    public string[]? Fields { get; init; }

    internal IReadOnlyList<string> FieldsOrAll => Fields is { Length: > 0 } named ? named : TrendFields.All;

    internal IEnumerable<FieldProblem> FieldProblems => FieldsOrAll.Except(TrendFields.All).Select(name => new FieldProblem("field", $"There is no figure {name}. There are: {string.Join(", ", TrendFields.All)}."));
}
