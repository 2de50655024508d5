using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>What others are shown of a campaign: its row and those of its captures, which follow what is stored.</summary>
internal sealed partial class CampaignGrain
{
    private static readonly TimeSpan ListsFollowAfter = TimeSpan.FromSeconds(2);

    /// <summary>A capture's share of that time where there are thousands: writing their rows is a good part of a second, in which their agents wait for their word.</summary>
    private static readonly TimeSpan ListsFollowPerCapture = TimeSpan.FromMilliseconds(1);

    private readonly HashSet<string> unwrittenRows = [];
    private readonly SemaphoreSlim publication = new(1);

    /// <summary>What readers see, who may come in the middle of a step: stored, and in the lists as well. Who saw a capture end finds it there.</summary>
    private StoredCampaign shown = new();
    private long rowsRevision;
    private bool isPublishing;

    /// <summary>What is stored is in the lists when it returns, and shown; of several steps at once where they follow each other closely. Not in the turn of a step: the next one need not wait for rows.</summary>
    private async Task PublishAsync()
    {
        await publication.WaitAsync();
        try
        {
            var publishing = current;
            await WriteRowsAsync(publishing);
            shown = publishing;
            if (publishing.IsOver)
            {
                await CloseAsync();
            }
        }
        finally
        {
            publication.Release();
        }
    }

    /// <summary>
    /// The campaign itself is in its list when it returns, thousands of captures follow: their agents are told first, and all that these tell within that time is
    /// one write of each row. A capture that ends is not shown before it is in the lists.
    /// </summary>
    private async Task PublishSoonAsync()
    {
        if (!isPublishing)
        {
            isPublishing = true;
            _ = PublishLaterAsync();
        }

        if (shown.Spec is null)
        {
            var created = current;
            await TryWriteAsync(created, []);
            shown = shown.Spec is null ? created : shown;
        }
    }

    private async Task PublishLaterAsync()
    {
        var wait = ListsFollowPerCapture * current.Targets.Count;
        await Task.Delay(wait > ListsFollowAfter ? wait : ListsFollowAfter, clock);
        isPublishing = false;
        await PublishAsync();
    }

    /// <summary>Lists lag behind when this fails; the next step makes up for it.</summary>
    private async Task WriteRowsAsync(StoredCampaign publishing)
    {
        if (unwrittenRows.Count == 0 && rowsRevision == publishing.Revision)
        {
            return;
        }

        var rows = publishing.Targets.Where(target => unwrittenRows.Contains(target.CaptureId))
            .Select(target => publishing.ToCapture(Id, progress.TryGetValue(target.CaptureId, out var report) ? target.Show(report) : target))
            .ToList();

        // What changes while they are written is to be written again.
        unwrittenRows.Clear();
        if (await TryWriteAsync(publishing, rows))
        {
            rowsRevision = publishing.Revision;
        }
        else
        {
            unwrittenRows.UnionWith(rows.Select(row => row.CaptureId));
        }
    }

    private async Task<bool> TryWriteAsync(StoredCampaign publishing, IReadOnlyList<Capture> rows)
    {
        try
        {
            await table.WriteAsync(publishing.ToRow(Id), rows, publishing.Revision);
            return true;
        }
        catch (Exception exception)
        {
            LogRowsNotWritten(exception, Id);
            return false;
        }
    }

    /// <summary>Nothing is left but, perhaps, rows that could not be written.</summary>
    private async Task CloseAsync()
    {
        if (unwrittenRows.Count > 0 || rowsRevision != current.Revision)
        {
            Sleep(DateTimeOffset.MaxValue);
            return;
        }

        await RemoveReminderAsync();
        timer?.Dispose();
        timer = null;
    }

    private async Task RemoveReminderAsync()
    {
        if (await this.GetReminder(ReminderName) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }
}
