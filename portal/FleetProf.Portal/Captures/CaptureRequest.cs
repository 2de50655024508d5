using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Asks for one capture: of any instance of a service, or of one instance.</summary>
internal sealed record CaptureRequest
{
    /// <summary>Of the name of a campaign, as the silo takes it.</summary>
    private const int LongestName = 128;

    /// <summary>Exactly one of service and instanceId is given.</summary>
    public string? Service { get; init; }

    public string? InstanceId { get; init; }

    public required CaptureKind Kind { get; init; }

    /// <summary>Recording time of trace, alloc and gc; 1 to 300. Default: 10.</summary>
    public int DurationSeconds { get; init; } = 10;

    /// <summary>Capture not at once but at the next pause for a collection that is longer, in milliseconds, 1 to 60,000. Null: at once.</summary>
    public double? WhenPauseOverMs { get; init; }

    /// <summary>A heap snapshot that would by estimate stop the process for longer is refused, in milliseconds, 1 to 60,000. Null: the silo's limit.</summary>
    public double? MaxStallMs { get; init; }

    /// <summary>The recording ends at this size, in bytes, one million at least. Default: 256,000,000; a heap snapshot takes about 71 for each object.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Everything ends this long after the start. Default: 1 hour.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Why; shown with the capture.</summary>
    public string Reason { get; init; } = "";

    /// <summary>A campaign of one.</summary>
    public CampaignSpec ToSpec() => new()
    {
        Name = Cut($"{Kind.ToString().ToLowerInvariant()} of {Service ?? InstanceId}"),
        Selector = new() { Services = Service is null ? [] : [Service], InstanceIds = InstanceId is null ? [] : [InstanceId] },
        Kinds = [Kind],
        SampleSize = 1,
        DurationSeconds = DurationSeconds,
        WhenPauseOverMs = WhenPauseOverMs,
        MaxStallMs = MaxStallMs,
        MaxBytes = MaxBytes ?? CampaignSpec.DefaultMaxBytes,
        Deadline = Deadline ?? TimeSpan.FromHours(1),
        Reason = Reason,
    };

    /// <summary>The field of this request behind a field of the spec.</summary>
    public string FieldOf(string field) => field switch
    {
        "selector" => Service is null ? "instanceId" : "service",
        "selector.services" => "service",
        "selector.instanceIds" => "instanceId",
        "kinds" => "kind",
        _ => field,
    };

    /// <summary>Made here, so nobody could make it shorter: the silo must not refuse it. Half a character of two would be none.</summary>
    private static string Cut(string name) =>
        name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
}
