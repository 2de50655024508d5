using System.Globalization;

namespace FleetProf.Analysis.Campaigns;

/// <summary>Everything that is wrong with a draft, at once; and who it selects.</summary>
public static class DraftCheck
{
    public const int MaxNameLength = 128;
    public const int MaxReasonLength = 1_000;
    public const int MaxDurationSeconds = 300;
    public const int MaxConcurrent = 100;

    /// <summary>One durable row holds a campaign; this bounds what every step rewrites.</summary>
    public const int MaxCaptures = 5_000;

    /// <summary>Each is looked up before anybody is let in.</summary>
    public const int MaxInstanceIds = 1_000;

    public const long MinBytes = 1_000_000;

    public static readonly TimeSpan MinDeadline = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(7);

    private const double MinStallMs = 1;
    private const double MaxStallMs = 60_000;

    /// <summary>Instances that fit the selector and can be captured now.</summary>
    public static IReadOnlyList<FleetInstance> Population(CampaignDraft draft, IEnumerable<FleetInstance> fleet) =>
        [.. fleet.Where(instance => ObstacleOf(draft, instance) is null && Fits(draft, instance))];

    /// <summary>Empty when the draft can become a campaign.</summary>
    public static IReadOnlyList<DraftProblem> Problems(CampaignDraft draft, IReadOnlyCollection<FleetInstance> fleet) =>
        [.. TextProblems(draft), .. KindProblems(draft), .. SampleProblems(draft), .. BoundProblems(draft), .. TriggerProblems(draft), .. SelectorProblems(draft, fleet)];

    private static bool Fits(CampaignDraft draft, FleetInstance instance) =>
        (draft.Services.Count == 0 ? draft.InstanceIds.Count > 0 : draft.Services.Contains(instance.Service))
        && (draft.InstanceIds.Count == 0 || draft.InstanceIds.Contains(instance.InstanceId))
        && (draft.Version is null || draft.Version == instance.Version)
        && draft.Labels.All(label => instance.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    // An instance is drawn for all kinds of a campaign, so it must be fit for all.
    private static string? ObstacleOf(CampaignDraft draft, FleetInstance instance) => instance switch
    {
        { Obstacle: { } obstacle } => obstacle,
        { Kinds: { } kinds } when draft.Kinds.FirstOrDefault(kind => kind is not null && !kinds.Contains(kind, StringComparer.OrdinalIgnoreCase)) is { } missing =>
            $"its runtime has no capture of kind {missing.ToLowerInvariant()}; it has {string.Join(", ", kinds)}.",
        { CanWaitForPause: false } when draft.WhenPauseOverMs is not null => "its runtime cannot be captured at a pause.",
        _ => null,
    };

    private static IEnumerable<DraftProblem> TextProblems(CampaignDraft draft)
    {
        if (draft.Name.Length > MaxNameLength || draft.Name.Any(char.IsControl))
        {
            yield return new("name", $"A name has at most {MaxNameLength} characters on one line.");
        }

        if (draft.Reason.Length > MaxReasonLength)
        {
            yield return new("reason", $"A reason has at most {MaxReasonLength} characters.");
        }

        if (draft.CronProblem is { } problem)
        {
            yield return new("cron", problem);
        }
    }

    private static IEnumerable<DraftProblem> KindProblems(CampaignDraft draft)
    {
        if (draft.Kinds.Count == 0)
        {
            yield return new("kinds", "Choose at least one of trace, alloc, gcdump, gc, goroutines.");
        }
        else if (draft.Kinds.Contains(null))
        {
            yield return new("kinds", "This is no kind of capture. Choose of trace, alloc, gcdump, gc, goroutines.");
        }
        else if (draft.Kinds.Distinct().Count() < draft.Kinds.Count)
        {
            yield return new("kinds", "Each kind is captured once: name it once.");
        }
    }

    private static IEnumerable<DraftProblem> SampleProblems(CampaignDraft draft)
    {
        if (draft.SampleSize is null && draft.SampleFraction is null)
        {
            yield return new("sampleSize", "Say how many: give sampleSize, or sampleFraction.");
        }
        else if (draft.SampleSize is not null && draft.SampleFraction is not null)
        {
            yield return new("sampleSize", "Give either sampleSize or sampleFraction, not both.");
        }

        if (draft.SampleSize is < 1)
        {
            yield return new("sampleSize", "Draw at least 1 instance per service.");
        }

        if (draft.SampleFraction is { } fraction && !(fraction > 0 && fraction <= 1))
        {
            yield return new("sampleFraction", "Choose a fraction above 0 and up to 1.");
        }
    }

    private static IEnumerable<DraftProblem> BoundProblems(CampaignDraft draft)
    {
        if (draft.DurationSeconds is < 1 or > MaxDurationSeconds)
        {
            yield return new("durationSeconds", $"Choose 1 to {MaxDurationSeconds} seconds.");
        }

        if (draft.MaxConcurrentPerService is < 1 or > MaxConcurrent)
        {
            yield return new("maxConcurrentPerService", $"Choose 1 to {MaxConcurrent} captures at once.");
        }

        if (draft.Deadline < MinDeadline || draft.Deadline > MaxDeadline)
        {
            yield return new("deadline", "Choose a deadline from 1 minute to 7 days after the start.");
        }
        else if (draft.Deadline < TimeSpan.FromSeconds(draft.DurationSeconds))
        {
            yield return new("deadline", "The deadline is shorter than one recording. Choose a later one, or a shorter durationSeconds.");
        }

        if (draft.MaxStallMs is { } stall && !(stall >= MinStallMs && stall <= MaxStallMs))
        {
            yield return new("maxStallMs", string.Create(CultureInfo.InvariantCulture, $"Choose {MinStallMs} to {MaxStallMs} milliseconds."));
        }

        if (draft.MaxBytes < MinBytes)
        {
            yield return new("maxBytes", $"An artifact needs room: choose at least {MinBytes.ToString(CultureInfo.InvariantCulture)} bytes.");
        }
    }

    private static IEnumerable<DraftProblem> TriggerProblems(CampaignDraft draft)
    {
        if (draft.WhenPauseOverMs is not { } limit)
        {
            yield break;
        }

        if (!(limit >= ArmedTime.MinPauseMs && limit <= ArmedTime.MaxPauseMs))
        {
            yield return new("whenPauseOverMs", string.Create(CultureInfo.InvariantCulture, $"Choose {ArmedTime.MinPauseMs} to {ArmedTime.MaxPauseMs} milliseconds."));
        }

        if (draft.Kinds.Contains("gcdump", StringComparer.OrdinalIgnoreCase))
        {
            yield return new("kinds", "A heap snapshot stops the process for longer than the pause it would wait for. With whenPauseOverMs choose of gc, alloc, trace.");
        }

        if (draft.Deadline < TimeSpan.FromSeconds(draft.DurationSeconds) + ArmedTime.ShortestDeadline)
        {
            yield return new("deadline", "Waiting for a pause needs time: choose a deadline at least 2 minutes beyond durationSeconds.");
        }
    }

    private static IEnumerable<DraftProblem> SelectorProblems(CampaignDraft draft, IReadOnlyCollection<FleetInstance> fleet)
    {
        if (draft.Services.Count == 0 && draft.InstanceIds.Count == 0)
        {
            yield return new("selector.services", "Name at least one service, or give instance ids.");
            yield break;
        }

        if (draft.InstanceIds.Count > MaxInstanceIds)
        {
            yield return new("selector.instanceIds", string.Create(CultureInfo.InvariantCulture, $"These are {draft.InstanceIds.Count} instance ids, a campaign names at most {MaxInstanceIds}. Select by service, version or labels instead."));
            yield break;
        }

        var unknown = false;
        foreach (var service in draft.Services.Distinct().Where(service => fleet.All(instance => instance.Service != service)))
        {
            unknown = true;
            yield return new("selector.services", $"No running instance of '{service}' is known. List services and choose one of them.");
        }

        foreach (var id in draft.InstanceIds.Distinct().Where(id => fleet.All(instance => instance.InstanceId != id)))
        {
            unknown = true;
            yield return new("selector.instanceIds", $"No running instance '{id}' is known. List instances and choose a current one.");
        }

        var population = Population(draft, fleet);
        if (population.Count == 0 && !unknown)
        {
            yield return new("selector", Nobody(draft, fleet));
        }

        var captures = population.GroupBy(instance => instance.Service).Sum(service => draft.Rule.SizeOf(service.Count())) * draft.Kinds.Count;
        if (captures > MaxCaptures)
        {
            var field = draft.SampleFraction is null ? "sampleSize" : "sampleFraction";
            yield return new(field, string.Create(CultureInfo.InvariantCulture, $"This makes {captures} captures, a campaign makes at most {MaxCaptures}. Draw fewer instances, or choose fewer kinds."));
        }
    }

    private static string Nobody(CampaignDraft draft, IEnumerable<FleetInstance> fleet)
    {
        var blocked = fleet.FirstOrDefault(instance => ObstacleOf(draft, instance) is not null && Fits(draft, instance));
        return blocked is null
            ? "No running instance fits the selector. Loosen the version or the labels."
            : $"No instance that fits the selector can be captured now. For example '{blocked.InstanceId}': {ObstacleOf(draft, blocked)}";
    }
}
