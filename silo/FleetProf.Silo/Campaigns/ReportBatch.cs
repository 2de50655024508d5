using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Campaigns;

/// <summary>Results that wait for the next step of their campaign, which stores and answers them together. Not thread-safe: of one grain.</summary>
internal sealed class ReportBatch
{
    private readonly List<(CaptureReport Report, TaskCompletionSource<bool> Told)> reports = [];
    private readonly HashSet<string> stale = new(StringComparer.Ordinal);

    public int Count => reports.Count;

    /// <summary>Completes once the step is durable; false: nobody waits for the result any more.</summary>
    public Task<bool> Add(CaptureReport report)
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        reports.Add((report, told));
        return told.Task;
    }

    /// <summary>May be done again: the answers are those of the last time.</summary>
    public StoredCampaign Apply(StoredCampaign campaign, DateTimeOffset now, CampaignOptions options)
    {
        stale.Clear();
        var byCapture = reports.ToLookup(entry => entry.Report.CaptureId, entry => entry.Report, StringComparer.Ordinal);
        return campaign.WithAll(byCapture, (target, ofTarget) => ofTarget.Aggregate(target, (reported, report) =>
        {
            // The step before may have begun another attempt.
            if (reported.IsAwaiting(report))
            {
                return reported.Report(report, now, options);
            }

            stale.Add(Key(report));
            return reported;
        }));
    }

    public void Complete() => reports.ForEach(entry => entry.Told.TrySetResult(!stale.Contains(Key(entry.Report))));

    /// <summary>Those that have no answer yet.</summary>
    public void Fail(Exception exception) => reports.ForEach(entry => entry.Told.TrySetException(exception));

    private static string Key(CaptureReport report) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{report.CaptureId}#{report.Attempt}#{report.AgentId}");
}
