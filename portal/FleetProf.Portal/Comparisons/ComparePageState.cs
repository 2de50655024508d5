using FleetProf.Contracts;
using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Layout;

namespace FleetProf.Portal.Comparisons;

/// <summary>What is to be compared, as it stands in the address. Null parts are left to the silo.</summary>
public sealed record ComparePageState
{
    public string? Service { get; init; }

    public string? Baseline { get; init; }

    public string? Candidate { get; init; }

    public string? Environment { get; init; }

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
            Environment = query.Text("environment"),
            BaselineFrom = query.Time("baselineFrom"),
            BaselineTo = query.Time("baselineTo"),
            CandidateFrom = query.Time("candidateFrom"),
            CandidateTo = query.Time("candidateTo"),
        };
    }

    /// <summary>What was compared, to be asked again. The times of a comparison that followed a deploy are left to the silo, which knows more of them by now.</summary>
    public static ComparePageState Of(Comparison comparison)
    {
        var versions = new ComparePageState
        {
            Service = comparison.Service, Baseline = comparison.Baseline.Version, Candidate = comparison.Candidate.Version, Environment = comparison.Environment,
        };
        return comparison.RequestedBy == "deploy" ? versions : versions with
        {
            BaselineFrom = comparison.Baseline.From,
            BaselineTo = comparison.Baseline.To,
            CandidateFrom = comparison.Candidate.From,
            CandidateTo = comparison.Candidate.To,
        };
    }

    /// <summary>The same for a terminal or a pipeline; the service last, where no name of one is taken for an option.</summary>
    public string ToCommand() => string.Join(' ', new[]
    {
        ("--baseline", Baseline), ("--candidate", Candidate), ("--environment", Environment), ("--baseline-from", Text(BaselineFrom)), ("--baseline-to", Text(BaselineTo)),
        ("--candidate-from", Text(CandidateFrom)), ("--candidate-to", Text(CandidateTo)),
    }.Where(part => part.Item2 is not null).Select(part => ShellWord.Option(part.Item1, part.Item2!)).Prepend("fleetprof compare").Append(ShellWord.Argument(Service ?? "SERVICE")));

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    public string ToUri() => new PageQuery()
        .Add("service", Service)
        .Add("baseline", Baseline)
        .Add("candidate", Candidate)
        .Add("environment", Environment)
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
        Environment = Environment,
        RequestedBy = requestedBy,
    };
}
