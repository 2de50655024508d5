using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Stored;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.GcPauses;
using FleetProf.Contracts.Heaps;
using Orleans.Concurrency;

namespace FleetProf.Silo.Heaps;

/// <summary>Asks the stored trees of heap snapshots and says it in the words of the contracts.</summary>
[StatelessWorker]
internal sealed class HeapQueryGrain(StoredHeaps heaps, HeapGrowths growths) : Grain, IHeapQueryGrain
{
    private const int MaxPage = 200;
    private const int MaxTypes = 1_000;

    public Task<HeapTreePage?> DominatorsAsync(string captureId, HeapTreeQuery query, CancellationToken cancellationToken = default) =>
        heaps.AskAsync(captureId, reader => PageOf(reader, query), cancellationToken);

    public Task<HeapTypePaths?> PathsAsync(string captureId, string type, CancellationToken cancellationToken = default) =>
        heaps.AskAsync(captureId, reader => PathsOf(reader, type, null), cancellationToken);

    public Task<HeapTypePaths?> PathsInModuleAsync(string captureId, string type, string module, CancellationToken cancellationToken = default) =>
        heaps.AskAsync(captureId, reader => PathsOf(reader, type, module), cancellationToken);

    public async Task<HeapDiffReport?> DiffAsync(string fromCaptureId, string toCaptureId, CancellationToken cancellationToken = default)
    {
        var before = await heaps.AskAsync(fromCaptureId, reader => reader.ToState(), cancellationToken);
        var after = before is null ? null : await heaps.AskAsync(toCaptureId, reader => reader.ToState(), cancellationToken);
        if (after is null)
        {
            return null;
        }

        await GrainFactory.GetGrain<IStorageGrain>(0).CiteAsync([fromCaptureId, toCaptureId], "heap diff");
        return Report(HeapDiff.Of(before!, after), fromCaptureId, toCaptureId);
    }

    public Task<HeapGrowthReport> GrowthAsync(HeapGrowthQuery query, CancellationToken cancellationToken = default) =>
        growths.ReportAsync(query, GrainFactory.GetGrain<IGcPauseQueryGrain>(0), cancellationToken);

    private static HeapTypePaths? PathsOf(HeapTreeReader reader, string type, string? module) => reader.PathsOf(type, module) is not { } paths ? null : new HeapTypePaths
    {
        Type = type,
        Paths = [.. paths.Select(path => new HeapPath { Steps = path.Steps, Objects = path.Objects, ShallowBytes = path.ShallowBytes, Ways = path.Ways, SharedTail = path.SharedTail })],
        IsComplete = reader.Completeness.IsComplete,
        IncompleteReason = reader.Completeness.Reason,
    };

    private static HeapTreePage? PageOf(HeapTreeReader reader, HeapTreeQuery query)
    {
        if (reader.Find(query.Node) is not { } row)
        {
            return null;
        }

        var skip = Math.Max(0, query.Skip);
        return new HeapTreePage
        {
            Row = ToRow(row),
            Ancestors = [.. reader.Ancestors(query.Node).Select(ToRow)],
            Rows = [.. reader.Children(query.Node, skip, Math.Clamp(query.Take, 1, MaxPage)).Select(ToRow)],
            Skip = skip,
            HeapBytes = reader.HeapBytes,
            UnreachableObjects = reader.UnreachableObjects,
            IsComplete = reader.Completeness.IsComplete,
            IncompleteReason = reader.Completeness.Reason,
        };
    }

    private static HeapTreeRow ToRow(HeapTreeNode node) => new()
    {
        Node = node.Id,
        Parent = node.Parent,
        IsHolder = node.IsHolder,
        Name = node.Name,
        Module = node.Module,
        Objects = node.Objects,
        ShallowBytes = node.ShallowBytes,
        RetainedBytes = node.RetainedBytes,
        ChildCount = node.ChildCount,
    };

    private static HeapDiffReport Report(HeapDiff diff, string from, string to) => new()
    {
        From = Side(diff.Before, from),
        To = Side(diff.After, to),
        Rows = [.. (diff.Types.Count <= MaxTypes ? diff.Types : [.. diff.Types.Take(MaxTypes / 2), .. diff.Types.TakeLast(MaxTypes / 2)]).Select(ToChange)],
        TypeCount = diff.Types.Count,
        Paths = [.. diff.Paths.Select(change => ToChange(change, diff.IsComplete))],
        IsComplete = diff.IsComplete,
    };

    private static HeapDiffSide Side(HeapState state, string captureId) => new()
    {
        CaptureId = captureId,
        Objects = state.Objects,
        HeapBytes = state.HeapBytes,
        IsComplete = state.Completeness.IsComplete,
        IncompleteReason = state.Completeness.Reason,
    };

    private static HeapTypeChange ToChange(TypeChange change) => new()
    {
        Type = change.Type,
        Module = change.Module,
        CountBefore = change.Before.Count,
        CountAfter = change.After.Count,
        NewAtLeast = change.NewAtLeast,
        DeadAtLeast = change.DeadAtLeast,
        SurvivedAtMost = change.SurvivedAtMost,
        ShallowBytesBefore = change.Before.ShallowBytes,
        ShallowBytesAfter = change.After.ShallowBytes,
        RetainedBytesBefore = change.Before.RetainedBytes ?? 0,
        RetainedBytesAfter = change.After.RetainedBytes ?? 0,
        RetainedGrowth = change.RetainedGrowth ?? 0,
    };

    private static HeapPathChange ToChange(PathChange change, bool isComplete) => new()
    {
        Sentence = isComplete ? change.Sentence : null,
        Steps = change.Steps,
        ObjectsBefore = change.ObjectsBefore,
        ObjectsAfter = change.ObjectsAfter,
        RetainedBytesBefore = change.RetainedBefore,
        RetainedBytesAfter = change.RetainedAfter,
        RetainedGrowth = change.RetainedGrowth,
    };
}
