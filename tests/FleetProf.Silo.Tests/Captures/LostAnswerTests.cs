using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Artifacts that a commit kept whose answer was lost, as with a connection that breaks in it: whoever wrote them has put nothing in line.</summary>
public sealed class LostAnswerTests : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromHours(1);

    private readonly WatchedClock clock = new();
    private readonly CaptureRig rig;

    public LostAnswerTests() => rig = new CaptureRig(new CaptureOptions { ReserveBytes = 0, AnalyzerIsolation = AnalyzerIsolation.Off, RetryDelay = RetryDelay }, clock: clock);

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task Queue_ArtifactThatNobodyPutInLine_IsFoundInTheTable()
    {
        await StartAsync();
        await StoreAsync(rig.Table, CaptureRig.Capture);

        clock.Advance(AnalysisQueue.LookAgain);

        Assert.Equal(CaptureRig.Capture, (await rig.NextReportAsync()).CaptureId);
    }

    /// <summary>Else it would be tried at each look, and each of these tries put off beside the others.</summary>
    [Fact]
    public async Task Queue_ArtifactThatIsPutOff_KeepsItsWait()
    {
        var other = CaptureId.Of(CaptureRig.CampaignId, 2);
        rig.ReportsToRefuse = 1;
        await StartAsync();
        await StoreAsync(rig.Table, CaptureRig.Capture);
        var putOff = clock.ArmedAsync(RetryDelay);
        rig.Queue.Enqueue(CaptureRig.Capture);
        await putOff;
        await StoreAsync(rig.Table, other);

        clock.Advance(AnalysisQueue.LookAgain);

        // One after the other, the older first: what was put off would have come before.
        Assert.Equal(other, (await rig.NextReportAsync()).CaptureId);
        clock.Advance(RetryDelay);
        Assert.Equal(CaptureRig.Capture, (await rig.NextReportAsync()).CaptureId);
    }

    [Fact]
    public async Task TakeOver_RepeatedSinceItsAnswerWasLost_TakesUpWhatItTookThen()
    {
        await StartAsync();
        await StoreAsync(new ArtifactTable(rig.Database, clock, new SiloIdentity("gone")), CaptureRig.Capture);
        Assert.Equal([CaptureRig.Capture], await rig.Table.TakeOverAsync([""]));

        await rig.Queue.TakeOverAsync([""], CancellationToken.None);

        Assert.Equal(CaptureRig.Capture, (await rig.NextReportAsync()).CaptureId);
    }

    /// <summary>The queue runs, and has looked at the table as it does at its start.</summary>
    private async Task StartAsync()
    {
        var looking = clock.ArmedAsync(AnalysisQueue.LookAgain);
        await rig.StartQueueAsync();
        await looking;
    }

    /// <summary>A row whose outcome is there and not reported yet: for that no analyzer is needed.</summary>
    private async Task StoreAsync(ArtifactTable table, string captureId)
    {
        var artifact = new Artifact
        {
            CaptureId = captureId, CampaignId = CaptureRig.CampaignId, Attempt = 1, AgentId = CaptureRig.Agent, Kind = CaptureKind.Trace, Sha256 = new string('a', 64), SizeBytes = 8,
        };
        await table.AddAsync(artifact, new StoredFile("original.nettrace", "application/octet-stream", 8, artifact.Sha256));
        Assert.True(await table.FinishAsync(artifact with { State = ArtifactState.Failed, Failure = CaptureFailure.AnalysisFailed, AnalysedAt = clock.GetUtcNow() }, []));
    }

    /// <summary>A made-up clock that tells when somebody waits for a time.</summary>
    private sealed class WatchedClock : FakeTimeProvider
    {
        private readonly List<(TimeSpan DueTime, TaskCompletionSource Armed)> watches = [];

        /// <summary>Completes when a timer of so long is made.</summary>
        public Task ArmedAsync(TimeSpan dueTime)
        {
            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (watches)
            {
                watches.Add((dueTime, armed));
            }

            return armed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            lock (watches)
            {
                watches.Where(watch => watch.DueTime == dueTime).ToList().ForEach(watch => watch.Armed.TrySetResult());
            }

            return timer;
        }
    }
}
