using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.GcPauses;

/// <summary>Query of a packed trend.</summary>
public sealed record PackedParameters : FieldParameters
{
    [Description("At most so many instances, those with the longest pauses; default: 8."), Range(1, 100)]
    [FromQuery(Name = "most")]
    public int? Most { get; init; }

    internal int MostSeries => Most ?? 8;
}
