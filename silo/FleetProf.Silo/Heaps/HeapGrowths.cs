using FleetProf.Analysis.Heaps.Replicas;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;
using FleetProf.Silo.Captures;

namespace FleetProf.Silo.Heaps;

/// <summary>Reads the snapshots of a service's replicas and what they allocated meanwhile, and has the growth found in them.</summary>
internal sealed class HeapGrowths(StoredHeaps heaps, CaptureTable captures)
{
    /// <summary>Trees are read of no more: a person waits, and each takes several requests where results lie in a bucket.</summary>
    private const int MostSnapshots = 100;

    /// <summary>Trees that are read at the same time. Of the largest ones, up to four times as many in memory are some hundred MB.</summary>
    private const int AtOnce = 4;

    /// <summary>The newest of the service's snapshots, of any version, that those are chosen from.</summary>
    private const int MostListed = 10_000;

    /// <summary>A median needs no more.</summary>
    private const int MostRates = 32;

    private static readonly TimeSpan RateSpan = TimeSpan.FromMinutes(10);

    /// <summary>As short as windows are: a query is widened to whole steps, of which the last would reach beyond the snapshot, and all steps weigh alike.</summary>
    private const int RateStepSeconds = 10;

    public async Task<HeapGrowthReport> ReportAsync(HeapGrowthQuery query, IGcPauseQueryGrain pauses, CancellationToken cancellationToken)
    {
        var filter = new CaptureFilter { Service = query.Service, Kind = CaptureKind.Gcdump, State = CaptureState.Ready, From = query.From, To = query.To };
        var listed = await captures.ListAsync(filter, MostListed + 1, cancellationToken);
        var asked = listed.Take(MostListed).Where(capture => query.Version is null || capture.Version == query.Version).OrderBy(TakenAt).ToList();
        // A profile of Go has no tree that could be read, and one more of them would not have either.
        var wanted = asked.FindAll(capture => capture.Summary?.Runtime != "Go");
        // Those whose files are gone take no part: they must not take the place of one that can.
        var snapshots = wanted.ConvertAll(capture => new ReplicaSnapshot(
            capture.CaptureId, capture.InstanceId, TakenAt(capture), capture is { RemovedAt: null, Summary: { IsComplete: true } }, token => DominatorsAsync(capture.CaptureId, token)));
        var chosen = SnapshotChoice.Of(snapshots, MostSnapshots);
        var growth = await ReplicaGrowth.OfAsync(chosen, AtOnce, cancellationToken);
        var byId = wanted.ToDictionary(capture => capture.CaptureId, StringComparer.Ordinal);
        var load = growth.Paths.Count == 0 ? null : await LoadAsync(Measured(growth.Paths[0], byId).Take(MostRates), pauses, cancellationToken);
        return new HeapGrowthReport
        {
            Service = query.Service,
            Replicas = growth.Replicas,
            SingleReplicas = growth.SingleReplicas,
            LeftOutSnapshots = growth.LeftOut,
            Rows = [.. growth.Paths.Select(path => ToRow(path, load, byId))],
            AllocationRatio = load?.Ratio,
            IsCut = listed.Count > MostListed || chosen.Count < snapshots.Count,
            GoProfiles = asked.Count - wanted.Count,
        };
    }

    private async Task<TypeTree?> DominatorsAsync(string captureId, CancellationToken cancellationToken) =>
        (await heaps.AskAsync(captureId, reader => reader.ToState(), cancellationToken))?.Dominators;

    private static DateTimeOffset TakenAt(Capture capture) => capture.StartedAt ?? capture.RequestedAt;

    // Every path tells of all replicas, the fastest growth first; in the order of their ids, so that the first of them stand for all.
    private static IEnumerable<(Capture First, Capture Last)> Measured(PathGrowth path, Dictionary<string, Capture> snapshots) =>
        path.Replicas.OrderBy(slope => slope.Replica, StringComparer.Ordinal).Select(slope => (snapshots[slope.FirstSnapshot], snapshots[slope.LastSnapshot]));

    private static async Task<LoadChange?> LoadAsync(IEnumerable<(Capture First, Capture Last)> replicas, IGcPauseQueryGrain pauses, CancellationToken cancellationToken)
    {
        var rates = new List<(double, double)>();
        foreach (var (first, last) in replicas)
        {
            rates.Add((await RateBeforeAsync(first, pauses, cancellationToken), await RateBeforeAsync(last, pauses, cancellationToken)));
        }

        return LoadChange.Of(rates);
    }

    // Before the snapshot: during it the process stands still. 0 when nothing is known.
    private static async Task<double> RateBeforeAsync(Capture capture, IGcPauseQueryGrain pauses, CancellationToken cancellationToken)
    {
        var end = TakenAt(capture);
        var trend = await pauses.GetTrendAsync(
            new() { Service = capture.Service, InstanceId = capture.InstanceId, From = end - RateSpan, To = end, StepSeconds = RateStepSeconds }, cancellationToken);
        var watched = trend.Points.Where(point => point.ObservedFraction > 0).ToList();
        var weight = watched.Sum(point => point.ObservedFraction);
        return weight > 0 ? watched.Sum(point => point.AllocatedBytesPerSecond * point.ObservedFraction) / weight : 0;
    }

    private static HeapGrowthRow ToRow(PathGrowth path, LoadChange? load, Dictionary<string, Capture> snapshots) => new()
    {
        Sentence = path.Sentence(load),
        Steps = path.Steps,
        GrowingReplicas = path.GrowingReplicas,
        BytesPerHour = path.BytesPerHour,
        IsFading = path.IsFading,
        Replicas = [.. path.Replicas.Select(slope => ToReplica(slope, snapshots[slope.FirstSnapshot]))],
    };

    private static HeapGrowthReplica ToReplica(ReplicaSlope slope, Capture first) => new()
    {
        InstanceId = slope.Replica,
        Host = first.Host,
        Version = first.Version,
        Snapshots = slope.Snapshots,
        FirstBytes = slope.FirstBytes,
        LastBytes = slope.LastBytes,
        BytesPerHour = slope.BytesPerHour,
        IsGrowing = slope.IsGrowing,
        FirstCaptureId = slope.FirstSnapshot,
        LastCaptureId = slope.LastSnapshot,
    };
}
