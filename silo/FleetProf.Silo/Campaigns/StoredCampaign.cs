using FleetProf.Contracts.Campaigns;

namespace FleetProf.Silo.Campaigns;

/// <summary>All that a campaign remembers; one row, rewritten by every durable step.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.stored-campaign")]
internal sealed record StoredCampaign
{
    /// <summary>Null until the campaign is created.</summary>
    [Id(0)] public CampaignSpec? Spec { get; init; }

    [Id(1)] public CampaignState State { get; init; }

    [Id(2)] public DateTimeOffset CreatedAt { get; init; }

    [Id(3)] public DateTimeOffset? EndedAt { get; init; }

    [Id(4)] public long Seed { get; init; }

    [Id(5)] public int PopulationSize { get; init; }

    /// <summary>In the order in which they start.</summary>
    [Id(6)] public IReadOnlyList<StoredTarget> Targets { get; init; } = [];

    [Id(7)] public string? ParentId { get; init; }

    [Id(8)] public DateTimeOffset? NextRunAt { get; init; }

    [Id(9)] public IReadOnlyList<string> RunIds { get; init; } = [];

    [Id(10)] public string? LastProblem { get; init; }

    /// <summary>A run of a recurring campaign that is to be created, or may have been: repeated until it is known.</summary>
    [Id(11)] public string? StartingRunId { get; init; }

    /// <summary>Counts durable steps: an older one never overwrites the catalog rows of a newer one.</summary>
    [Id(12)] public long Revision { get; init; }

    /// <summary>Runs and captures that somebody asked to stop are told until they are known to have stopped.</summary>
    [Id(13)] public string? StoppedBy { get; init; }

    /// <summary>Of a recurring campaign: the session or token of whoever made it, asked about before each run. Empty: the silo itself, or made before this was kept.</summary>
    [Id(14)] public string CreatorCredential { get; init; } = "";

    /// <summary>When that run was due; null with a run that was stored before this was kept.</summary>
    [Id(15)] public DateTimeOffset? StartingRunDueAt { get; init; }

    public bool IsRecurring => Spec?.Cron is not null;

    /// <summary>Nothing is left to do.</summary>
    public bool IsOver => EndedAt is not null;

    public DateTimeOffset DeadlineAt => CreatedAt + Spec!.Deadline;

    /// <summary>Changes one target; itself when nothing changes.</summary>
    public StoredCampaign With(string captureId, Func<StoredTarget, StoredTarget> change)
    {
        for (var at = 0; at < Targets.Count; at++)
        {
            if (Targets[at].CaptureId == captureId)
            {
                var changed = change(Targets[at]);
                return ReferenceEquals(changed, Targets[at]) ? this : this with { Targets = [.. Targets.Take(at), changed, .. Targets.Skip(at + 1)] };
            }
        }

        return this;
    }

    /// <summary>Changes the targets that are named, in one pass; itself when nothing changes.</summary>
    public StoredCampaign WithAll<T>(ILookup<string, T> changes, Func<StoredTarget, IEnumerable<T>, StoredTarget> change)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        var changed = Targets.Select(target => changes.Contains(target.CaptureId) ? change(target, changes[target.CaptureId]) : target).ToList();
        return changed.Zip(Targets).All(pair => ReferenceEquals(pair.First, pair.Second)) ? this : this with { Targets = changed };
    }

    /// <summary>Whether storing it would change nothing.</summary>
    public bool HasSameContent(StoredCampaign other) => Targets.SequenceEqual(other.Targets) && this with { Targets = other.Targets } == other;
}
