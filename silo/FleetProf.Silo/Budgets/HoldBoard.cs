using FleetProf.Contracts.Budgets;

namespace FleetProf.Silo.Budgets;

/// <summary>What this silo knows of the holds: a second old at most while the catalog can be read. Where it cannot, nothing that would need a hold to be known can be written either.</summary>
internal sealed class HoldBoard(HoldTable table, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private IReadOnlyList<CaptureHold> known = [];
    private IReadOnlyList<CaptureHold> told = [];

    /// <summary>Of the clock that only goes on: one that is set back must not make the board deaf to a hold.</summary>
    private long? readAt;
    private Task<IReadOnlyList<CaptureHold>>? reading;

    /// <summary>Raised on any thread when other holds than before are in force.</summary>
    public event Action? Changed;

    /// <summary>In force, as last read.</summary>
    public IReadOnlyList<CaptureHold> Known
    {
        get
        {
            var now = clock.GetUtcNow();
            var all = Volatile.Read(ref known);
            return all.Any(hold => hold.IsOverAt(now)) ? [.. all.Where(hold => !hold.IsOverAt(now))] : all;
        }
    }

    /// <summary>In force, read again where that is a second ago, once for all who ask meanwhile.</summary>
    public Task<IReadOnlyList<CaptureHold>> CurrentAsync()
    {
        lock (gate)
        {
            if (readAt is { } recent && clock.GetElapsedTime(recent) < Freshness)
            {
                return Task.FromResult(Known);
            }

            // Not in the turn of the grain that happens to ask first.
            return reading is { IsCompleted: false } ? reading : reading = Task.Run(ReadOrRememberAsync);
        }
    }

    /// <summary>The first in force for one of the services, by what the catalog says now.</summary>
    public async Task<CaptureHold?> AskAsync(IEnumerable<string> services) => First(await RefreshAsync(), services);

    public static CaptureHold? First(IReadOnlyList<CaptureHold> holds, IEnumerable<string> services) =>
        holds.Count == 0 ? null : holds.FirstOrDefault(hold => services.Any(hold.Covers));

    /// <summary>A catalog that is away for a while stops nothing by itself: what would begin meanwhile could not be written.</summary>
    private async Task<IReadOnlyList<CaptureHold>> ReadOrRememberAsync()
    {
        try
        {
            return await RefreshAsync();
        }
        catch (Exception) when (readAt is not null)
        {
            return Known;
        }
    }

    /// <summary>Reads the catalog now.</summary>
    public async Task<IReadOnlyList<CaptureHold>> RefreshAsync(CancellationToken cancellationToken = default)
    {
        var askedAt = clock.GetTimestamp();
        var rows = await table.ListAsync(cancellationToken);
        bool isNews;
        lock (gate)
        {
            // A slow answer does not take the place of a newer one.
            if (readAt is null || askedAt >= readAt)
            {
                (known, readAt) = (rows, askedAt);
            }

            rows = Known;
            isNews = !rows.SequenceEqual(told);
            told = rows;
        }

        if (isNews)
        {
            Changed?.Invoke();
        }

        return rows;
    }
}
