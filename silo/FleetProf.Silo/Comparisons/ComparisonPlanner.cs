using System.Globalization;
using FleetProf.Analysis.Comparisons;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>Turns a request into a plan: which versions, which windows, when.</summary>
internal sealed class ComparisonPlanner(VersionTable versions)
{
    /// <summary>A window arrives this long after its end at the latest, as a rule.</summary>
    private static readonly TimeSpan WindowDelay = TimeSpan.FromSeconds(15);

    /// <summary>Null when the service or a version is not known.</summary>
    public async Task<ComparisonState?> PlanAsync(string comparisonId, ComparisonRequest request, DateTimeOffset now)
    {
        var deploy = request.DeployId is null ? null : await versions.FindDeployAsync(request.Service, request.DeployId);
        var asked = request.Environment is { Length: > 0 } named ? named : null;
        if (await ChooseAsync(request, deploy is null ? asked : deploy.Value.Environment, now) is not { } choice)
        {
            return null;
        }

        var (environment, known, chosen) = choice;
        var dueAt = DueAt(request, now);

        // A deploy that is planned late was to be watched until its soak was over, and may well have been rolled back since.
        var candidateTo = request.CandidateTo ?? (request is { DeployId: not null, DueAt: { } soaked } && soaked < now ? soaked : dueAt);

        // The version may have run before: elsewhere, or until another replaced it. What is asked is what this deploy changed.
        var appeared = deploy is { } begun && begun.Version == chosen.Candidate ? begun.StartedAt : FirstStartOf(known, chosen.Candidate) ?? now;
        var candidateFrom = request.CandidateFrom ?? TimeRanges.CandidateFrom(appeared, candidateTo);

        // Of one version the times alone tell the sides apart, and its first start says nothing of what changed.
        var isOne = chosen.Baseline == chosen.Candidate;
        var baselineTo = request.BaselineTo ?? (appeared < candidateFrom && !isOne ? appeared : candidateFrom);
        if (request is { BaselineTo: null, BaselineFrom: { } beside } && beside >= baselineTo)
        {
            // It is to begin after the other had come: both ran side by side, and are compared over the same hours.
            baselineTo = candidateTo;
            candidateFrom = request.CandidateFrom is null && !isOne && beside < candidateTo ? beside : candidateFrom;
        }

        return new ComparisonState
        {
            Environment = environment,
            IsBaselineOpen = request.BaselineFrom is null && request.BaselineTo is null && !isOne,
            IsCandidateOpen = request.CandidateTo is null,
            WaitUntil = WaitUntil(request, now, dueAt),
            Comparison = new Comparison
            {
                ComparisonId = comparisonId,
                Service = request.Service,
                Baseline = new ComparisonSide { Version = chosen.Baseline, From = request.BaselineFrom ?? TimeRanges.BaselineFrom(baselineTo, candidateTo - candidateFrom), To = baselineTo },
                Candidate = new ComparisonSide { Version = chosen.Candidate, From = candidateFrom, To = candidateTo },
                Sentence = string.Create(CultureInfo.InvariantCulture, $"PENDING: {chosen.Candidate} is compared with {chosen.Baseline} at {dueAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."),
                DeployId = request.DeployId,
                CreatedAt = now,
                DueAt = dueAt,
                RequestedBy = request.RequestedBy,
                Environment = environment,
            },
        };
    }

    /// <summary>The versions, where they are compared (null: everywhere), and what is known of those that ran there; null when they are not known.</summary>
    private async Task<(string? Environment, IReadOnlyList<KnownVersion> Known, (string Baseline, string Candidate) Pair)?> ChooseAsync(
        ComparisonRequest request, string? environment, DateTimeOffset now)
    {
        var known = await versions.ListAsync(request.Service, environment, now);
        if (VersionChoice.Choose(known, request.BaselineVersion, request.CandidateVersion) is not { } pair)
        {
            // A deploy knows its versions before the first instance of the new one was seen.
            return request is { DeployId: not null, BaselineVersion: { Length: > 0 } before, CandidateVersion: { Length: > 0 } after } ? (environment, known, (before, after)) : null;
        }

        if (environment is not null || request.DeployId is not null || known.First(version => version.Version == pair.Candidate).DeployedIn is not { Length: > 0 } place)
        {
            return (environment, known, pair);
        }

        // Nobody said where, and elsewhere it may have other work. But what it is to be compared with may have run elsewhere only.
        var there = await versions.ListAsync(request.Service, place, now);
        return VersionChoice.Choose(there, request.BaselineVersion, pair.Candidate) is { } near ? (place, there, near) : (environment, known, pair);
    }

    private static DateTimeOffset? FirstStartOf(IReadOnlyList<KnownVersion> known, string version) =>
        known.FirstOrDefault(other => other.Version == version) is { } found ? DateTimeOffset.FromUnixTimeMilliseconds(found.FirstStartMs) : null;

    private static DateTimeOffset DueAt(ComparisonRequest request, DateTimeOffset now)
    {
        var asked = request.DueAt ?? (request.CandidateTo > now ? request.CandidateTo.Value + WindowDelay : now);
        return asked < now ? now : asked;
    }

    /// <summary>The comparison of a deploy whose soak is over when it is planned comes after an outage, in which agents kept their windows.</summary>
    private static DateTimeOffset WaitUntil(ComparisonRequest request, DateTimeOffset now, DateTimeOffset dueAt) =>
        request is { DeployId: not null, DueAt: not null } && dueAt <= now ? now + TimeRanges.Return : TimeRanges.WaitUntil(now, dueAt);
}
