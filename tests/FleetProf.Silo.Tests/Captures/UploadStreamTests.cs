namespace FleetProf.Silo.Tests.Captures;

/// <summary>Which chunks a stream may bring, and how they are answered.</summary>
public sealed class UploadStreamTests : IDisposable
{
    private readonly CaptureRig rig = new();

    [Fact]
    public async Task Upload_ChunksRepeatedAndOverlapping_AreTakenOnce()
    {
        var content = CaptureRig.Content(3_000);
        var offer = CaptureRig.Offer(content);
        var statuses = new StatusStream();
        await rig.Intake.ReceiveAsync(
            new ChunkStream(
                CaptureRig.Chunk(content, 0, 1_000, offer), CaptureRig.Chunk(content, 0, 1_000), CaptureRig.Chunk(content, 500, 1_500), CaptureRig.Chunk(content, 2_000, 1_000)),
            statuses);

        Assert.Equal([1_000, 1_000, 2_000, 3_000], statuses.Received.Select(status => status.ReceivedBytes));
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }

    [Fact]
    public async Task Upload_ChunksThatFollowAtOnce_AreAnsweredWithTheLast()
    {
        var content = CaptureRig.Content(3_000);
        var offer = CaptureRig.Offer(content);
        var statuses = new StatusStream();
        await rig.Intake.ReceiveAsync(
            new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer, hasNext: true), CaptureRig.Chunk(content, 1_000, 1_000), CaptureRig.Chunk(content, 2_000, 1_000)),
            statuses);

        Assert.Equal([2_000, 3_000], statuses.Received.Select(status => status.ReceivedBytes));
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }

    public void Dispose() => rig.Dispose();
}
