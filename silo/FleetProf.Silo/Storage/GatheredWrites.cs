using System.Data.Common;

namespace FleetProf.Silo.Storage;

/// <summary>
/// Writes of many callers as one work of the writer. Thousands of agents end their windows at the same moment: statements are prepared, and what
/// all of them need is read, once for as many as wait. Each caller is told of its own after the commit, and one that fails takes no other with it.
/// A caller that is alone does not wait to be gathered; after a work of several the next one rests, because more come. Thread-safe.
/// </summary>
/// <param name="database">Where to.</param>
/// <param name="run">Writes them all; an answer for each, in their order. Where it throws it runs again for each alone.</param>
/// <param name="most">So many in one work, so that others get their turn.</param>
/// <param name="rest">Between the works of many callers, unless as many wait as one takes. Each work costs as much as some rows do.</param>
/// <param name="time">Of the rest.</param>
internal sealed class GatheredWrites<TItem, TAnswer>(
    CatalogDatabase database, Func<DbConnection, DbTransaction, IReadOnlyList<TItem>, IReadOnlyList<TAnswer>> run, int most, TimeSpan rest, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = [];

    /// <summary>As many wait as one work takes.</summary>
    private TaskCompletionSource full = NewSignal();

    /// <summary>A work is on its way that will take what waits.</summary>
    private bool isOnItsWay;

    /// <summary>When the last work took several; null where it took one.</summary>
    private long? tookSeveralAt;

    /// <summary>Durable when it completes; cancelling works only while it waits.</summary>
    /// <exception cref="DbException">As of <see cref="CatalogDatabase.WriteAsync"/>.</exception>
    public Task<TAnswer> WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(item, cancellationToken);
        lock (gate)
        {
            queue.Enqueue(waiting);
            if (queue.Count >= most)
            {
                full.TrySetResult();
            }

            if (!isOnItsWay)
            {
                isOnItsWay = true;
                _ = Task.Run(SendAsync, CancellationToken.None);
            }
        }

        return waiting.Told.Task;
    }

    private async Task SendAsync()
    {
        List<Waiting>? taken = null;
        try
        {
            await RestAsync();
            var answers = await database.WriteAsync((connection, transaction) =>
            {
                taken = Take();
                return taken.Count == 0 ? [] : run(connection, transaction, [.. taken.Select(waiting => waiting.Item)]);
            });
            for (var i = 0; i < answers.Count; i++)
            {
                taken![i].Told.TrySetResult(answers[i]);
            }
        }
        catch (Exception exception)
        {
            await TellAsync(taken ?? Take(), exception);
        }
    }

    private async Task RestAsync()
    {
        TimeSpan left;
        Task isFull;
        lock (gate)
        {
            left = tookSeveralAt is { } at ? rest - time.GetElapsedTime(at) : TimeSpan.Zero;
            isFull = full.Task;
        }

        if (left > TimeSpan.Zero)
        {
            await isFull.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>From here on those who come need another work.</summary>
    private List<Waiting> Take()
    {
        var taken = new List<Waiting>();
        lock (gate)
        {
            while (taken.Count < most && queue.TryDequeue(out var next))
            {
                if (next.CancellationToken.IsCancellationRequested)
                {
                    next.Told.TrySetCanceled(next.CancellationToken);
                }
                else
                {
                    taken.Add(next);
                }
            }

            tookSeveralAt = taken.Count > 1 ? time.GetTimestamp() : null;
            if (queue.Count < most && full.Task.IsCompleted)
            {
                full = NewSignal();
            }

            isOnItsWay = queue.Count > 0;
            if (isOnItsWay)
            {
                _ = Task.Run(SendAsync);
            }
        }

        return taken;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task TellAsync(List<Waiting> taken, Exception exception)
    {
        if (taken.Count == 1 || exception is CatalogException)
        {
            // It is the database, not one of them.
            taken.ForEach(waiting => waiting.Told.TrySetException(exception));
            return;
        }

        foreach (var waiting in taken)
        {
            try
            {
                var answers = await database.WriteAsync((connection, transaction) => run(connection, transaction, [waiting.Item]));
                waiting.Told.TrySetResult(answers[0]);
            }
            catch (Exception alone)
            {
                waiting.Told.TrySetException(alone);
            }
        }
    }

    /// <summary>Callers go on elsewhere.</summary>
    private sealed record Waiting(TItem Item, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<TAnswer> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
