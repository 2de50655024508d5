using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Campaigns;

/// <summary>What a person has entered so far; empty number fields are null.</summary>
internal sealed class CampaignDraft
{
    private const double Megabyte = 1e6;

    public string Name { get; set; } = "";

    public HashSet<string> Services { get; init; } = new(StringComparer.Ordinal);

    public List<string> InstanceIds { get; init; } = [];

    /// <summary>How many the repeated campaign names; more than there are here where its address could not hold them all.</summary>
    public int NamedInstances { get; set; }

    public string Version { get; set; } = "";

    /// <summary>"zone=eu-west-1a, tier=web"</summary>
    public string Labels { get; set; } = "";

    public HashSet<CaptureKind> Kinds { get; init; } = [];

    public bool IsFraction { get; set; }

    public int? SampleSize { get; set; } = 2;

    public double? SamplePercent { get; set; } = 10;

    public int? DurationSeconds { get; set; } = 10;

    /// <summary>Of the file of each capture.</summary>
    public double? MaxMegabytes { get; set; } = CampaignSpec.DefaultMaxBytes / Megabyte;

    /// <summary>For how long a heap snapshot may stop its process, by estimate; null leaves it to the silo.</summary>
    public double? MaxStallMs { get; set; }

    public int? MaxConcurrentPerService { get; set; } = 1;

    public int? DeadlineMinutes { get; set; } = 60;

    public bool IsRecurring { get; set; }

    public string Cron { get; set; } = "0 3 * * *";

    /// <summary>Not at once, but at the next long pause.</summary>
    public bool IsAtPause { get; set; }

    public double? WhenPauseOverMs { get; set; } = 200;

    public string Reason { get; set; } = "";

    /// <summary>Nothing was chosen yet: no reason to complain about it.</summary>
    public bool IsUntouched => Services.Count == 0 && InstanceIds.Count == 0;

    /// <summary>Chosen kinds in the order in which each instance is captured: the one that stops the target comes last.</summary>
    private IEnumerable<CaptureKind> OrderedKinds => Kinds.OrderBy(kind => kind == CaptureKind.Gcdump).ThenBy(kind => kind);

    public CampaignSpec ToSpec() => new()
    {
        Name = Name.Trim(),
        Selector = new()
        {
            Services = [.. Services.Order(StringComparer.Ordinal)],
            InstanceIds = InstanceIds,
            Version = Version.Trim() is { Length: > 0 } version ? version : null,
            Labels = LabelPairs().Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]),
        },
        Kinds = [.. OrderedKinds],
        SampleSize = IsFraction ? null : SampleSize ?? 0,
        SampleFraction = IsFraction ? (SamplePercent ?? 0) / 100 : null,
        DurationSeconds = DurationSeconds ?? 0,
        MaxBytes = (long)Math.Round((MaxMegabytes ?? 0) * Megabyte),
        MaxStallMs = MaxStallMs,
        MaxConcurrentPerService = MaxConcurrentPerService ?? 0,
        Deadline = TimeSpan.FromMinutes(DeadlineMinutes ?? 0),
        Cron = IsRecurring ? Cron.Trim() : null,
        WhenPauseOverMs = IsAtPause ? WhenPauseOverMs ?? 0 : null,
        Reason = Reason.Trim(),
    };

    /// <summary>Of a size in bytes, as a spec has it.</summary>
    public static double MegabytesOf(long bytes) => bytes / Megabyte;

    /// <summary>What cannot even be put into a spec.</summary>
    public IEnumerable<FieldProblem> Problems() => LabelPairs().Any(pair => pair.Length != 2 || pair[0].Length == 0)
        ? [new("selector.labels", "Write labels as name=value, separated by commas.")]
        : [];

    private IEnumerable<string[]> LabelPairs() =>
        Labels.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=', 2, StringSplitOptions.TrimEntries));
}
