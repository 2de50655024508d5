using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Comparisons;

/// <summary>What is to be compared, as it stands in the address. Null parts are left to the silo.</summary>
public sealed record ComparePageState
{
    public string? Service { get; init; }

    public string? Baseline { get; init; }

    public string? Candidate { get; init; }

    public DateTimeOffset? BaselineFrom { get; init; }

    public DateTimeOffset? BaselineTo { get; init; }

    public DateTimeOffset? CandidateFrom { get; init; }

    public DateTimeOffset? CandidateTo { get; init; }

    public bool HasTimes => (BaselineFrom ?? BaselineTo ?? CandidateFrom ?? CandidateTo) is not null;

    /// <summary>Unknown or broken parts of an address are left out.</summary>
    public static ComparePageState FromUri(string uri)
    {
        var query = new PageQuery(uri);
        return new()
        {
            Service = query.Text("service"),
            Baseline = query.Text("baseline"),
            Candidate = query.Text("candidate"),
            BaselineFrom = query.Time("baselineFrom"),
            BaselineTo = query.Time("baselineTo"),
            CandidateFrom = query.Time("candidateFrom"),
            CandidateTo = query.Time("candidateTo"),
        };
    }

    public string ToUri() => new PageQuery()
        .Add("service", Service)
        .Add("baseline", Baseline)
        .Add("candidate", Candidate)
        .Add("baselineFrom", BaselineFrom)
        .Add("baselineTo", BaselineTo)
        .Add("candidateFrom", CandidateFrom)
        .Add("candidateTo", CandidateTo)
        .ToUri("/compare");

    public ComparePageState WithoutTimes() => this with { BaselineFrom = null, BaselineTo = null, CandidateFrom = null, CandidateTo = null };

    /// <summary>What keeps it from being asked; null when it can be.</summary>
    public string? Problem() => Service is null ? "Choose a service."
        : BaselineFrom >= BaselineTo ? "The baseline must begin before it ends."
        : CandidateFrom >= CandidateTo ? "The candidate must begin before it ends."
        : Baseline is not null && Baseline == Candidate && !HasTimes ? "Both sides are the same version: choose another one, or time ranges."
        : null;

    public ComparisonRequest ToRequest(string requestedBy) => new()
    {
        Service = Service ?? "",
        BaselineVersion = Baseline,
        CandidateVersion = Candidate,
        BaselineFrom = BaselineFrom,
        BaselineTo = BaselineTo,
        CandidateFrom = CandidateFrom,
        CandidateTo = CandidateTo,
        RequestedBy = requestedBy,
    };
}
