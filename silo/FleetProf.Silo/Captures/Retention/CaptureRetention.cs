using FleetProf.Analysis.Captures;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures.Retention;

/// <summary>
/// Deletes the files of captures that may not stay. Each in three steps that any end of the silo may part: the row is marked, the files
/// go, the row is finished; what is marked is gone on with by the next run. So are files that cannot be deleted: they keep no other capture here.
/// </summary>
internal sealed class CaptureRetention(
    RetentionTable table, ArtifactStore store, RetentionJournal journal, CitationReader citationReader, IOptions<CaptureOptions> options, SettledClock clock) : IDisposable
{
    /// <summary>Agents give up hours after their last byte at the latest.</summary>
    private static readonly TimeSpan UploadsAreAbandonedAfter = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim one = new(1);

    /// <summary>Free space below which the oldest captures go before uploads must be refused.</summary>
    private long WantedFreeBytes => 2 * options.Value.ReserveBytes;

    /// <summary>What is stored and what would go now; changes nothing.</summary>
    public async Task<StorageReport> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var free = KnownFreeBytes();
        var limits = Limits(free is { } known ? WantedFreeBytes - known : 0);
        var freeHere = store.FreeWorkBytes();
        return (await ViewAsync(limits, cancellationToken)).ToReport() with
        {
            FreeBytes = free is { } there ? Math.Min(freeHere, Math.Min(there, store.FreeUploadBytes())) : freeHere,
            IsStoreAway = free is null,
            ReserveBytes = options.Value.ReserveBytes,
            KeepFor = limits.KeepFor,
            KeepBytes = limits.KeepBytes,
            ServiceBytes = limits.ServiceBytes,
        };
    }

    /// <summary>Deletes what is due. Returns how many captures have no files from now on; what the file system held on to goes with a later run.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            await RemoveAbandonedAsync(await clock.NowAsync(cancellationToken) - UploadsAreAbandonedAfter, cancellationToken);
            foreach (var captureId in await table.ListMarkedAsync(cancellationToken))
            {
                await FinishAsync(captureId, cancellationToken);
            }

            // As much as there is: what is free afterwards serves the next upload, though it may be less than is wanted.
            return await RemoveAsync((await ViewAsync(Limits(WantedFreeBytes - store.FreeBytes()), cancellationToken)).Due, cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Makes room for an upload. Null when there is room now, else why there is none. What would not fit even then costs no capture its files.</summary>
    /// <param name="bytes">That are to be written.</param>
    /// <param name="cancellationToken">Ends the wait for other runs.</param>
    public async Task<string?> MakeRoomAsync(long bytes, CancellationToken cancellationToken = default)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            if (Missing(bytes) is > 0 and var missing)
            {
                var due = (await ViewAsync(Limits(missing), cancellationToken)).Due;
                var isEnough = due.Sum(removal => removal.Capture.Bytes) >= missing;
                await RemoveAsync(isEnough ? due : [.. due.Where(removal => removal.Reason != RemovalReason.LowDisk)], cancellationToken);
            }

            return Missing(bytes) <= 0 ? null : await WhyFullAsync(bytes, cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    /// <summary>Null while the shelf is away: what is stored can be told all the same.</summary>
    private long? KnownFreeBytes()
    {
        try
        {
            return store.FreeBytes();
        }
        catch (StoreAwayException)
        {
            return null;
        }
    }

    private long Missing(long bytes) => options.Value.ReserveBytes + bytes - store.FreeBytes();

    private async Task<string> WhyFullAsync(long bytes, CancellationToken cancellationToken)
    {
        // All that may go is due where everything is missing.
        var view = await ViewAsync(Limits(long.MaxValue), cancellationToken);
        var report = view.ToReport();
        var young = view.Captures.Count(view.MayGo) - view.Due.Count;
        var gain = view.Due.Count == 0
            ? "no capture may be deleted"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"captures that may be deleted have {view.Due.Sum(removal => removal.Capture.Bytes)} bytes");
        var held = (await table.ListMarkedAsync(cancellationToken)).Count;
        var more = held == 0 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" The files of {held} more could not be deleted: see the silo's log.");
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{store.FreeBytes()} bytes are free, {bytes} are to be written, {options.Value.ReserveBytes} stay free for the catalog, and {gain}: of {report.Captures} with files {report.Pinned} are pinned, {report.Cited} cited, {young} younger than {options.Value.KeepAtLeast}.{more} See `fleetprof storage`.");
    }

    /// <summary>Before any capture goes that somebody may want: beginnings of uploads, and originals that never became part of a capture.</summary>
    private async Task RemoveAbandonedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var part in store.ListAbandonedParts(since))
        {
            await TryAsync(part.Name, () =>
            {
                part.Delete();
                return Task.CompletedTask;
            });
        }

        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var captureId in await table.ListAbandonedAsync(since, cancellationToken))
        {
            if (!await TryAsync(captureId, () => store.RemoveAsync(captureId, cancellationToken)))
            {
                kept.Add(captureId);
            }
        }

        await table.ForgetAbandonedAsync(since, kept, cancellationToken);
    }

    private async Task<int> RemoveAsync(IReadOnlyList<(RetainedCapture Capture, RemovalReason Reason)> due, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (capture, reason) in due)
        {
            if (await table.MarkAsync(capture, reason, cancellationToken))
            {
                journal.Removed(capture, reason);
                await FinishAsync(capture.CaptureId, cancellationToken);
                removed++;
            }
        }

        return removed;
    }

    private async Task FinishAsync(string captureId, CancellationToken cancellationToken)
    {
        if (await TryAsync(captureId, () => store.RemoveAsync(captureId, cancellationToken)))
        {
            await table.FinishAsync(captureId, cancellationToken);
        }
    }

    /// <summary>False where the file system does not let these files go, as open ones on NFS or those of another user. A bucket may refuse one object as well as all. A shelf that is away lets none go, and ends the run.</summary>
    private async Task<bool> TryAsync(string what, Func<Task> remove)
    {
        try
        {
            await remove();
            return true;
        }
        catch (Exception held) when (held is UnauthorizedAccessException or IOException and not StoreAwayException { IsRefusal: false })
        {
            journal.Held(what, held);
            return false;
        }
    }

    private RetentionLimits Limits(long missingBytes) => new()
    {
        KeepFor = options.Value.KeepFor,
        KeepAtLeast = options.Value.KeepAtLeast,
        KeepBytes = options.Value.KeepBytes,
        ServiceBytes = (long)(options.Value.KeepBytes * options.Value.ServiceShare),
        MissingBytes = Math.Max(0, missingBytes),
    };

    private async Task<RetentionView> ViewAsync(RetentionLimits limits, CancellationToken cancellationToken)
    {
        var now = await clock.NowAsync(cancellationToken);
        var captures = (await table.ListAsync(cancellationToken)).OrderBy(capture => capture.ReceivedAt).ThenBy(capture => capture.CaptureId, StringComparer.Ordinal).ToList();
        var citations = await citationReader.ReadAsync(captures, now, options.Value.KeepCited, cancellationToken);
        var cited = captures
            .Where(capture => (capture.CitedAt is { } at && now - at < options.Value.KeepCited) || citations.Name(capture))
            .Select(capture => capture.CaptureId).ToHashSet(StringComparer.Ordinal);
        var view = new RetentionView(captures, cited, []);
        var plan = RetentionPlan.Decide(
            captures.Select(capture => new KeptCapture(capture.CaptureId, capture.Service, capture.ReceivedAt, capture.Bytes, view.MayGo(capture))), limits, now, clock.Wall.GetUtcNow());
        var byId = captures.ToDictionary(capture => capture.CaptureId, StringComparer.Ordinal);
        return view with { Due = [.. plan.Select(step => (byId[step.Capture.CaptureId], (RemovalReason)(int)step.Cause))] };
    }
}
