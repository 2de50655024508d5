using System.Collections.Concurrent;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>A campaign whose progress is a function of time: captures run one after another.</summary>
internal sealed class FakeCampaign(string id, CampaignSpec spec, DateTimeOffset createdAt, IReadOnlyList<Instance> population)
{
    private const int OverheadSeconds = 6;

    /// <summary>Time enough to look at what waits, also where a page needs long.</summary>
    private const int ArmedSeconds = 300;

    private static readonly CaptureFailure[] Failures = [CaptureFailure.ProcessExited, CaptureFailure.RefusedByPolicy, CaptureFailure.Quarantined];

    private readonly ConcurrentDictionary<string, DateTimeOffset> _stoppedTargets = new();
    private readonly (Instance Instance, CaptureKind Kind)[] _draw = Draw(spec, population);
    private DateTimeOffset? _stoppedAt;

    public string Id => id;

    public CampaignSpec Spec => spec;

    /// <summary>Every fifth target fails when set, each time for another reason.</summary>
    public bool HasFailures { get; init; }

    private int SecondsEach => (spec.WhenPauseOverMs is null ? 0 : ArmedSeconds) + OverheadSeconds + (spec.Kinds.Contains(CaptureKind.Gcdump) ? 4 : Math.Min(spec.DurationSeconds, 30));

    private DateTimeOffset EndsAt => createdAt + TimeSpan.FromSeconds(SecondsEach * _draw.Length);

    public void Stop(DateTimeOffset now) => _stoppedAt ??= now < EndsAt ? now : null;

    public bool StopTarget(string captureId, DateTimeOffset now)
    {
        var isOpen = Captures(now).Any(capture => capture.CaptureId == captureId && capture.State <= CaptureState.Running);
        if (isOpen)
        {
            _stoppedTargets[captureId] = now;
        }

        return isOpen;
    }

    public Campaign At(DateTimeOffset now) => new()
    {
        CampaignId = id,
        Spec = spec,
        State = StateAt(now),
        CreatedAt = createdAt,
        EndedAt = _stoppedAt ?? (spec.Cron is null && now >= EndsAt ? EndsAt : null),
        Seed = spec.Seed ?? 7,
        PopulationSize = population.Count,
        Targets = spec.Cron is null ? [.. Captures(now).Select(TargetOf)] : [],
        NextRunAt = spec.Cron is null ? null : now + TimeSpan.FromHours(3),
    };

    public CampaignRow RowAt(DateTimeOffset now)
    {
        var campaign = At(now);
        return new()
        {
            CampaignId = id,
            Name = spec.Name,
            State = campaign.State,
            CreatedAt = createdAt,
            EndedAt = campaign.EndedAt,
            Services = [.. population.Select(instance => instance.Service).Distinct()],
            Kinds = spec.Kinds,
            TargetCount = campaign.Targets.Count,
            ReadyCount = campaign.Targets.Count(target => target.State == CaptureState.Ready),
            FailedCount = campaign.Targets.Count(target => target.State > CaptureState.Ready),
            Cron = spec.Cron,
            RequestedBy = spec.RequestedBy,
        };
    }

    public IEnumerable<Capture> Captures(DateTimeOffset now) =>
        spec.Cron is null ? _draw.Select((target, ordinal) => CaptureAt(now, ordinal, target.Instance, target.Kind)) : [];

    private CampaignState StateAt(DateTimeOffset now) =>
        _stoppedAt is not null ? CampaignState.Stopped
        : spec.Cron is not null ? CampaignState.Scheduled
        : now >= EndsAt ? CampaignState.Completed
        : CampaignState.Running;

    private Capture CaptureAt(DateTimeOffset now, int ordinal, Instance instance, CaptureKind kind)
    {
        var captureId = CaptureId.Of(id, ordinal);
        var startsAt = createdAt + TimeSpan.FromSeconds(SecondsEach * ordinal);
        var stoppedAt = _stoppedTargets.TryGetValue(captureId, out var one) ? one : _stoppedAt;
        var age = ((stoppedAt < now ? stoppedAt.Value : now) - startsAt).TotalSeconds;
        var failure = HasFailures && ordinal % 5 == 4 ? Failures[ordinal / 5 % Failures.Length] : CaptureFailure.None;
        var capture = new Capture
        {
            CaptureId = captureId,
            CampaignId = id,
            InstanceId = instance.InstanceId,
            Service = instance.Service,
            Version = instance.Version,
            Host = instance.Host,
            Kind = kind,
            Attempt = age < 0 ? 0 : 1,
            InclusionProbability = Math.Min(1, _draw.Length / (double)Math.Max(1, population.Count)),
            RequestedAt = createdAt,
            StartedAt = age < 0 ? null : startsAt,
            DurationSeconds = spec.DurationSeconds,
            TotalSeconds = spec.DurationSeconds,
            RequestedBy = spec.RequestedBy,
            Reason = spec.Reason,
            WhenPauseOverMs = spec.WhenPauseOverMs,
        };
        return age >= SecondsEach
            ? Final(spec.WhenPauseOverMs is null ? capture : capture with { Trigger = Pause }, startsAt + TimeSpan.FromSeconds(SecondsEach), failure)
            : stoppedAt is { } stopped ? capture with { State = CaptureState.Cancelled, Failure = CaptureFailure.Cancelled, EndedAt = stopped } : Open(capture, age);
    }

    private Capture Open(Capture capture, double age)
    {
        if (spec.WhenPauseOverMs is not null && age is >= 2 and < 2 + ArmedSeconds)
        {
            return capture with { State = CaptureState.Running, Phase = CapturePhase.Armed, DoneSeconds = (int)age - 2, TotalSeconds = 3_545 };
        }

        age -= spec.WhenPauseOverMs is not null && age > 2 ? ArmedSeconds : 0;
        var collecting = SecondsEach - OverheadSeconds - (spec.WhenPauseOverMs is null ? 0 : ArmedSeconds);
        return age switch
        {
            < 0 => capture,
            < 1 => capture with { State = CaptureState.Running, Phase = CapturePhase.Queued },
            < 2 => capture with { State = CaptureState.Running, Phase = CapturePhase.Attaching },
            _ when age < 2 + collecting => capture with { State = CaptureState.Running, Phase = CapturePhase.Collecting, DoneSeconds = (int)age - 2, SizeBytes = (long)(age * 300_000) },
            _ when age < 3 + collecting => capture with { State = CaptureState.Running, Phase = CapturePhase.Rundown, DoneSeconds = collecting },
            _ when age < 4 + collecting => capture with { State = CaptureState.Running, Phase = CapturePhase.Uploading, DoneSeconds = collecting },
            _ => capture with { State = CaptureState.Analysing, Phase = CapturePhase.Analysing, DoneSeconds = collecting },
        };
    }

    private static Capture Final(Capture capture, DateTimeOffset endedAt, CaptureFailure failure)
    {
        var ended = capture with { EndedAt = endedAt, Failure = failure, DoneSeconds = capture.DurationSeconds };
        return failure switch
        {
            CaptureFailure.None => FakeFiles.Complete(ended with { State = CaptureState.Ready }),
            CaptureFailure.Quarantined => FakeFiles.Complete(ended with { State = CaptureState.Quarantined, Detail = "the analyzer needed more than 512 MB" }) with { Summary = null },
            _ => ended with { State = CaptureState.Failed, Detail = "exit code 137 after 4 s" },
        };
    }

    private static TriggerPause Pause => new()
    {
        Number = 812, Generation = 2, Kind = "blocking", Reason = "Induced", PauseMs = 143.25, SuspendMs = 0.3, EndedAt = DateTimeOffset.UnixEpoch, Evidence = "The program asked for it: GC.Collect.",
    };

    private static CampaignTarget TargetOf(Capture capture) => new()
    {
        CaptureId = capture.CaptureId,
        InstanceId = capture.InstanceId,
        Service = capture.Service,
        Version = capture.Version,
        Host = capture.Host,
        AgentId = "agent-00",
        Kind = capture.Kind,
        InclusionProbability = capture.InclusionProbability,
        State = capture.State,
        Phase = capture.Phase,
        DoneSeconds = capture.DoneSeconds,
        TotalSeconds = capture.TotalSeconds,
        Bytes = capture.SizeBytes,
        Attempt = capture.Attempt,
        Failure = capture.Failure,
        Detail = capture.Detail,
        WhenPauseOverMs = capture.WhenPauseOverMs,
    };

    private static (Instance, CaptureKind)[] Draw(CampaignSpec spec, IReadOnlyList<Instance> population) =>
    [
        .. population.GroupBy(instance => instance.Service)
            .SelectMany(service => service.Take(spec.SampleSize ?? Math.Max(1, (int)(service.Count() * (spec.SampleFraction ?? 0)))))
            .SelectMany(instance => spec.Kinds.Select(kind => (instance, kind))),
    ];
}
