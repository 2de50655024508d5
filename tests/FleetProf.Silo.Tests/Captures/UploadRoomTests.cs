using FleetProf.Contracts.Captures;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Uploads on a volume that has become full meanwhile.</summary>
public sealed class UploadRoomTests : IDisposable
{
    private readonly CaptureRig rig = new();

    public void Dispose() => rig.Dispose();

    /// <summary>It is sealed into a second file, for which nothing was kept free when it began.</summary>
    [Fact]
    public async Task Complete_NoSpaceLeftForTheSealedFile_IsStoreFullAndGoesOnLater()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, content.Length, offer)), new StatusStream());
        rig.Options.ReserveBytes = long.MaxValue / 2;

        var status = await rig.Intake.CompleteAsync(offer);

        Assert.Equal((nameof(CaptureFailure.StoreFull), 2_000, false), (status.Failure, status.ReceivedBytes, status.IsComplete));
        Assert.Null(await rig.Table.FindAsync(CaptureRig.Capture));
        rig.Options.ReserveBytes = 0;
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }
}
