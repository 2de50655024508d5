using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Captures;

public sealed class CaptureProgressFeedTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-desk-");
    private readonly FakeTimeProvider clock = new();
    private readonly SentFrames sent = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Feed_NothingChanges_GivesASignOfLifeNowAndThen()
    {
        await using var feed = new CaptureProgressFeed(sent, new CaptureKey("c-1", 1), CapturePhase.Uploading, clock);
        clock.Advance(CaptureProgressFeed.SignOfLife - TimeSpan.FromSeconds(1));
        Assert.Single(sent.Progress);

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, sent.Progress.Count);
        Assert.Equal(sent.Progress[0], sent.Progress[1]);

        for (var second = 0; second < 5 * CaptureProgressFeed.SignOfLife.TotalSeconds; second++) clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(7, sent.Progress.Count);
    }

    [Fact]
    public async Task Feed_RecordingBegins_IsToldAtOnceAndEndsLater()
    {
        await using var feed = new CaptureProgressFeed(sent, new CaptureKey("c-1", 1), CapturePhase.Attaching, clock);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        feed.Enter(CapturePhase.Collecting, 5);
        clock.Advance(TimeSpan.Zero);
        Assert.Equal([CapturePhase.Attaching, CapturePhase.Collecting], sent.Progress.Select(progress => progress.Phase));

        feed.Enter(CapturePhase.Rundown);
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(2, sent.Progress.Count);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(CapturePhase.Rundown, sent.Progress[^1].Phase);
    }

    /// <summary>The silo would give up what it hears nothing of, and refuse the artifact when its turn comes.</summary>
    [Fact]
    public async Task Desk_ArtifactBehindAnotherThatWaits_GivesSignsOfLifeToo()
    {
        Collect("c-1", "c-2");
        await using var rig = NewRig().Run();

        await rig.Sent.UntilAsync(
            frames =>
            {
                clock.Advance(TimeSpan.FromSeconds(30));
                return new[] { "c-1", "c-2" }.All(id => frames.Progress.Count(progress => progress.CaptureId == id && progress.Phase == CapturePhase.Uploading) > 3);
            },
            "signs of life of both");
        Assert.Empty(rig.Sent.Results);
    }

    /// <summary>Its turn may come in hours; one that an agent before this one collected is no different.</summary>
    [Fact]
    public async Task Desk_ArtifactThatWaitsIsCancelled_AnswersAtOnce()
    {
        Collect("c-1", "c-2");
        await using var rig = NewRig().Run();
        // The first is being uploaded: the second waits.
        await rig.Sent.UntilAsync(frames => frames.Progress.Exists(progress => progress.CaptureId == "c-1"), "the upload of the first");

        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-2", Attempt = 1 });

        Assert.Equal(nameof(CaptureFailure.Cancelled), (await rig.Sent.ResultAsync("c-2")).Failure);
        rig.Desk.Cancel(new CancelCapture { CaptureId = "c-1", Attempt = 1 });
        Assert.Equal(nameof(CaptureFailure.Cancelled), (await rig.Sent.ResultAsync("c-1")).Failure);
        Assert.Equal(2, rig.Sent.Results.Count);
    }

    /// <summary>Else the agent would take captures, and bring none of them to the silo.</summary>
    [Fact]
    public async Task Desk_UploadsEndByAFault_EndsWithIt()
    {
        Collect("c-1");
        await using var rig = new DeskRig(() => throw new InvalidOperationException("planted"), folder.FullName);
        rig.Sent.Fault = new InvalidOperationException("planted too");

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Desk.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("planted too", fault.Message);
    }

    /// <summary>As an agent that ended before its uploads leaves them.</summary>
    private void Collect(params string[] ids)
    {
        using var journal = CaptureJournal.Open(folder.FullName, NullLogger.Instance);
        foreach (var id in ids)
        {
            var result = new CaptureResult { CaptureId = id, Attempt = 1, Sha256 = new string('a', 64), Bytes = 10 };
            journal.Append(new JournalRecord { Stage = JournalStage.Started, CaptureId = id, Attempt = 1, At = DateTimeOffset.UtcNow });
            journal.Append(new JournalRecord { Stage = JournalStage.Collected, CaptureId = id, Attempt = 1, At = DateTimeOffset.UtcNow, Result = result.ToByteArray() });
        }
    }

    private DeskRig NewRig() => new(() => throw new RpcException(new Status(StatusCode.Unavailable, "away")), folder.FullName, time: clock);
}
