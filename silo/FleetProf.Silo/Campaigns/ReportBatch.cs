namespace FleetProf.Silo.Campaigns;

/// <summary>Reports that wait for the next step of their campaign, which stores and answers them together. Not thread-safe: of one grain.</summary>
internal sealed class ReportBatch
{
    private readonly List<Entry> entries = [];
    private readonly TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int most = int.MaxValue;

    public int Count => entries.Count;

    /// <summary>Completes once there is nothing more to wait for.</summary>
    public Task Full => full.Task;

    /// <summary>Says how many reports can still come at most, these among them.</summary>
    public void Expect(int reports)
    {
        most = reports;
        TellIfFull();
    }

    /// <summary>Completes once the step is durable; false: nobody waits for the report any more.</summary>
    /// <param name="captureId">Of which capture.</param>
    /// <param name="change">What it makes of its target when its turn comes; null when nobody waits for it.</param>
    public Task<bool> Add(string captureId, Func<StoredTarget, StoredTarget?> change)
    {
        var entry = new Entry(captureId, change);
        entries.Add(entry);
        TellIfFull();
        return entry.Told.Task;
    }

    /// <summary>May be done again: the answers are those of the last time.</summary>
    public StoredCampaign Apply(StoredCampaign campaign) => campaign.WithAll(
        entries.ToLookup(entry => entry.CaptureId, StringComparer.Ordinal),
        (target, ofTarget) => ofTarget.Aggregate(target, (reported, entry) => entry.Apply(reported)));

    public void Complete() => entries.ForEach(entry => entry.Told.TrySetResult(entry.IsTaken));

    public void Fail(Exception exception) => entries.ForEach(entry => entry.Told.TrySetException(exception));

    private void TellIfFull()
    {
        if (entries.Count >= most)
        {
            full.TrySetResult();
        }
    }

    private sealed class Entry(string captureId, Func<StoredTarget, StoredTarget?> change)
    {
        public string CaptureId => captureId;

        public TaskCompletionSource<bool> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsTaken { get; private set; }

        public StoredTarget Apply(StoredTarget target)
        {
            var changed = change(target);
            IsTaken = changed is not null;
            return changed ?? target;
        }
    }
}
