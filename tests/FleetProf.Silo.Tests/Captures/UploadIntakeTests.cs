using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Captures;

public sealed class UploadIntakeTests : IDisposable
{
    private const int ChunkBytes = 1_000;

    private readonly CaptureRig rig = new();

    [Fact]
    public async Task Upload_Whole_IsStoredByteForByteAndQueued()
    {
        var content = CaptureRig.Content(10_500);

        var status = await rig.UploadAsync(content);

        Assert.True(status.IsComplete);
        Assert.Equal("", status.Failure);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
        Assert.True(File.ReadAllBytes(StoredCapture.OriginalPath(rig.Folder, CaptureRig.Capture)).AsSpan().IndexOf(content.AsSpan(0, 32)) < 0, "The stored original shows its content.");
        Assert.Equal([CaptureRig.Capture], await rig.Table.ListUnfinishedAsync());
        var file = Assert.Single(await rig.Files.ListAsync(CaptureRig.Capture));
        Assert.Equal(("original.nettrace", content.Length, CaptureRig.Offer(content).Sha256), (file.Name, file.SizeBytes, file.Sha256));
    }

    [Fact]
    public async Task Upload_CutAtEveryChunk_ResumesWhereItWasAndEndsIdentical()
    {
        var content = CaptureRig.Content((ChunkBytes * 8) + 123);
        var offer = CaptureRig.Offer(content);
        for (var cut = 0; cut <= 8; cut++)
        {
            var begin = await rig.Intake.BeginAsync(offer);
            Assert.Equal(cut * ChunkBytes, begin.ReceivedBytes);
            var length = Math.Min(ChunkBytes, content.Length - (int)begin.ReceivedBytes);
            var lost = new ChunkStream(CaptureRig.Chunk(content, begin.ReceivedBytes, length, offer)) { AtEnd = () => throw new IOException("connection lost") };
            await Assert.ThrowsAsync<IOException>(() => rig.Intake.ReceiveAsync(lost, new StatusStream()));
            await rig.RestartAsync();
        }

        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Complete_Repeated_ChangesNothing()
    {
        var content = CaptureRig.Content(500);
        await rig.UploadAsync(content);
        await rig.RestartAsync();

        var again = await rig.Intake.CompleteAsync(CaptureRig.Offer(content));
        var begin = await rig.Intake.BeginAsync(CaptureRig.Offer(content));

        Assert.True(again.IsComplete);
        Assert.True(begin.IsComplete);
        Assert.Single(await rig.Table.ListUnfinishedAsync());
    }

    [Fact]
    public async Task Complete_DiedBetweenRenameAndRow_RecoversWithoutAnotherUpload()
    {
        var content = CaptureRig.Content(700);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 700, offer)), new StatusStream());
        using (var part = rig.Store.OpenPart(CaptureRig.Capture, 1, offer.Sha256, 700))
        {
            Assert.True(await rig.Store.TryAdoptOriginalAsync(CaptureRig.Capture, 1, offer.Sha256, part, CancellationToken.None));
        }

        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }

    /// <summary>As when a state folder was copied while a capture ran: the copy sends what it has of it to another silo.</summary>
    [Fact]
    public async Task Complete_AnotherSiloTakesAnotherArtifactOfTheAttempt_IsRefusedAndThatOneStays()
    {
        var (content, other) = (CaptureRig.Content(2_000), CaptureRig.Content(900));
        var (offer, late) = (CaptureRig.Offer(content), CaptureRig.Offer(other));
        // The other silo is about to name its file, and has no row yet.
        Assert.True(await rig.Table.TryClaimAsync(CaptureRig.Capture, 1, offer.Sha256));

        var refused = await rig.UploadAsync(other, late);
        var kept = await rig.UploadAsync(content, offer);

        Assert.Equal((false, nameof(CaptureFailure.UploadMismatch)), (refused.IsComplete, refused.Failure));
        Assert.True(kept.IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
        Assert.False(await rig.Table.TryClaimAsync(CaptureRig.Capture, 1, late.Sha256));
        Assert.True(await rig.Table.TryClaimAsync(CaptureRig.Capture, 2, late.Sha256));
    }

    [Fact]
    public async Task Complete_ClaimantHadOtherBytes_LeavesTheAttemptToAnother()
    {
        var content = CaptureRig.Content(2_000);
        var wrong = CaptureRig.Offer(content);
        wrong.Sha256 = CaptureRig.Offer(CaptureRig.Content(9)).Sha256;

        Assert.Equal(nameof(CaptureFailure.UploadMismatch), (await rig.UploadAsync(content, wrong)).Failure);

        Assert.True((await rig.UploadAsync(content)).IsComplete);
    }

    [Fact]
    public async Task Complete_BytesMissing_SaysWhereToContinue()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream());

        var status = await rig.Intake.CompleteAsync(offer);

        Assert.False(status.IsComplete);
        Assert.Equal((1_000, ""), (status.ReceivedBytes, status.Failure));
    }

    [Fact]
    public async Task Complete_PartWasChangedOnDisk_AsksForAllAgainAndBlamesNobody()
    {
        var content = CaptureRig.Content(3_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_500, offer), CaptureRig.Chunk(content, 1_500, 1_500)), new StatusStream());
        var part = Directory.EnumerateFiles(rig.Folder, "*.part", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(part);
        bytes[1_000] ^= 1;
        File.WriteAllBytes(part, bytes);

        var status = await rig.Intake.CompleteAsync(offer);

        Assert.Equal((false, "", 0L), (status.IsComplete, status.Failure, status.ReceivedBytes));
        Assert.True((await rig.UploadAsync(content)).IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Complete_WrongSha_IsUploadMismatchAndKeepsNothing()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        content[77] ^= 1;

        var status = await rig.UploadAsync(content, offer);

        Assert.Equal(nameof(CaptureFailure.UploadMismatch), status.Failure);
        Assert.Empty(await rig.Table.ListUnfinishedAsync());
        Assert.Equal(0, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
        Assert.Empty(await rig.Files.ListAsync(CaptureRig.Capture));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("01jz0000000000000000000000-0001/../x")]
    [InlineData("..-0001")]
    [InlineData("01jz0000000000000000000000-0001\0")]
    [InlineData("01jz0000000000000000000000-0001\n")]
    [InlineData("01jz%2f..-0001")]
    [InlineData("01JZ-0001")]
    [InlineData("")]
    public async Task Begin_TraversalName_IsRefusedBeforeAnythingIsTouched(string captureId)
    {
        var offer = CaptureRig.Offer([1]);
        offer.CaptureId = captureId;

        var exception = await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(offer));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Empty(Directory.EnumerateFiles(rig.Folder, "*.part", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("ABCDEF")]
    public async Task Begin_MalformedSha_IsRefused(string sha256)
    {
        var offer = CaptureRig.Offer([1]);
        offer.Sha256 = sha256;

        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(offer))).StatusCode);
    }

    [Fact]
    public async Task Begin_WrongSecret_IsUnauthenticated()
    {
        var offer = CaptureRig.Offer([1]);
        offer.AgentSecret = "guess";

        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(offer))).StatusCode);
    }

    [Fact]
    public async Task Begin_CaptureOfAnotherAgent_IsDeniedLikeAnUnknownOne()
    {
        var foreign = CaptureRig.Offer([1]);
        foreign.AgentId = "agent2";
        var unknown = CaptureRig.Offer([1]);
        unknown.CaptureId = CaptureId.Of(CaptureRig.CampaignId, 99);

        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(foreign))).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(unknown))).StatusCode);

        // By its certificate it is known who tried, which is worth a row; a secret may be anybody's.
        await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(foreign, foreign.AgentId));
        await Assert.ThrowsAsync<RpcException>(() => rig.Intake.BeginAsync(foreign, "thief"));
        await rig.Refusals.WriteAsync();
        Assert.Equal(
            [("agent.upload", "thief", "thief"), ("agent.upload", foreign.AgentId, foreign.CaptureId)],
            (await rig.Audit.ListAsync(new AuditQuery())).Select(row => (row.Action, row.Actor, row.Target)));
    }

    [Theory]
    [InlineData(CaptureState.Cancelled, 1, CaptureFailure.Cancelled)]
    [InlineData(CaptureState.Failed, 1, CaptureFailure.Expired)]
    [InlineData(CaptureState.Running, 2, CaptureFailure.Expired)]
    public async Task Begin_CaptureIsOver_TellsTheAgentToLetItGoAndDoesSoToo(CaptureState state, int attempt, CaptureFailure expected)
    {
        var content = CaptureRig.Content(1_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 500, offer)), new StatusStream());
        rig.Target = rig.Target with { State = state, Attempt = attempt };

        Assert.Equal(expected.ToString(), (await rig.Intake.BeginAsync(offer)).Failure);
        Assert.False(rig.Store.HasPart(CaptureRig.Capture, 1, offer.Sha256));
    }

    [Fact]
    public async Task Begin_LargerThanAllowed_IsByteLimitReached()
    {
        var offer = CaptureRig.Offer([1]);
        offer.SizeBytes = 1_000_000_000;

        Assert.Equal(nameof(CaptureFailure.ByteLimitReached), (await rig.Intake.BeginAsync(offer)).Failure);
    }

    [Fact]
    public async Task Begin_NoSpaceLeft_IsStoreFull()
    {
        rig.Options.ReserveBytes = long.MaxValue / 2;

        Assert.Equal(nameof(CaptureFailure.StoreFull), (await rig.Intake.BeginAsync(CaptureRig.Offer([1]))).Failure);
    }

    [Fact]
    public async Task Receive_NoSpaceLeft_IsStoreFullAndKeepsWhatWasThere()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)), new StatusStream());
        rig.Options.ReserveBytes = long.MaxValue / 2;
        var statuses = new StatusStream();

        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 1_000, 1_000, offer)), statuses);

        Assert.Equal((nameof(CaptureFailure.StoreFull), 1_000), statuses.Received.Select(status => (status.Failure, status.ReceivedBytes)).Single());
        rig.Options.ReserveBytes = 0;
        Assert.Equal(1_000, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
    }

    [Fact]
    public async Task Upload_OtherBytesAfterTheArtifactIsComplete_AreRefusedAndTheOriginalStays()
    {
        var content = CaptureRig.Content(1_000);
        await rig.UploadAsync(content);

        var status = await rig.UploadAsync(CaptureRig.Content(1_001));

        Assert.Equal((nameof(CaptureFailure.UploadMismatch), false), (status.Failure, status.IsComplete));
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Begin_OtherBytesOfTheSameCapture_GiveUpTheFirstPart()
    {
        foreach (var size in new[] { 1_000, 2_000, 3_000 })
        {
            var content = CaptureRig.Content(size);
            await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 500, CaptureRig.Offer(content))), new StatusStream());
        }

        Assert.Single(Directory.EnumerateFiles(rig.Folder, "*.part", SearchOption.AllDirectories));
        Assert.Equal(500, (await rig.Intake.BeginAsync(CaptureRig.Offer(CaptureRig.Content(3_000)))).ReceivedBytes);
    }

    [Fact]
    public async Task Receive_GapOrTooMuch_IsRefusedAndKeepsWhatWasThere()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        var gap = new ChunkStream(CaptureRig.Chunk(content, 0, 500, offer), CaptureRig.Chunk(content, 1_000, 500));
        var tooMuch = new ChunkStream(new UploadChunk { Offer = offer, Offset = 500, Data = Google.Protobuf.ByteString.CopyFrom(new byte[1_501]) });
        var tooLong = new ChunkStream(new UploadChunk { Offer = offer, Offset = 0, Data = Google.Protobuf.ByteString.CopyFrom(new byte[PartialUpload.MaxChunkBytes + 1]) });

        Assert.Equal(StatusCode.OutOfRange, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.ReceiveAsync(gap, new StatusStream()))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.ReceiveAsync(tooMuch, new StatusStream()))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.ReceiveAsync(tooLong, new StatusStream()))).StatusCode);
        Assert.Equal(500, (await rig.Intake.BeginAsync(offer)).ReceivedBytes);
    }

    [Fact]
    public async Task Receive_WithoutOffer_IsRefused() => Assert.Equal(
        StatusCode.InvalidArgument,
        (await Assert.ThrowsAsync<RpcException>(() => rig.Intake.ReceiveAsync(new ChunkStream(new UploadChunk()), new StatusStream()))).StatusCode);

    [Fact]
    public async Task Receive_OldStreamHangs_NewerOneTakesOver()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        var hangs = new TaskCompletionSource();
        var hanging = rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 1_000, offer)) { AtEnd = () => hangs.Task }, new StatusStream());

        var begin = await rig.Intake.BeginAsync(offer);
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(() => hanging)).StatusCode);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, begin.ReceivedBytes, 2_000 - (int)begin.ReceivedBytes, offer)), new StatusStream());
        Assert.True((await rig.Intake.CompleteAsync(offer)).IsComplete);
    }

    /// <summary>An agent waits a minute for an answer, and a large artifact may take longer to store.</summary>
    [Fact]
    public async Task Complete_CallIsOverBeforeItIsStored_GoesOnAndTheNextCallGetsItsEnd()
    {
        var content = CaptureRig.Content(2_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 2_000, offer)), new StatusStream());
        var held = new TaskCompletionSource();
        foreach (var other in Enumerable.Range(0, UploadCompletions.AtOnce))
        {
            _ = rig.Completions.RunAsync($"other-{other}", async _ => { await held.Task; return null; }, CancellationToken.None);
        }

        using var patience = new CancellationTokenSource();
        var complete = rig.Intake.CompleteAsync(offer, cancellationToken: patience.Token);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (rig.Completions.Count <= UploadCompletions.AtOnce)
        {
            await Task.Delay(10, limit.Token);
        }

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => complete);
        var next = rig.Intake.BeginAsync(offer);
        Assert.False(next.IsCompleted);
        held.SetResult();

        Assert.True((await next).IsComplete);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    [Fact]
    public async Task Complete_ManyAtOnce_StoreOneArtifact()
    {
        var content = CaptureRig.Content(5_000);
        var offer = CaptureRig.Offer(content);
        await rig.Intake.ReceiveAsync(new ChunkStream(CaptureRig.Chunk(content, 0, 5_000, offer)), new StatusStream());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await rig.Intake.CompleteAsync(offer)).IsComplete ? StatusCode.OK : StatusCode.DataLoss;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        }));

        Assert.Contains(StatusCode.OK, answers);
        Assert.DoesNotContain(StatusCode.DataLoss, answers);
        Assert.Equal(content, await rig.ReadAsync("original.nettrace"));
    }

    public void Dispose() => rig.Dispose();
}
