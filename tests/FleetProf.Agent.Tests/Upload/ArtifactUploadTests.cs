using System.Security.Cryptography;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Control;
using FleetProf.Agent.Upload;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Upload;

/// <summary>Uploads over a real gRPC connection; only the waits between tries run on a fake clock, which <see cref="RunAsync"/> drives.</summary>
public sealed class ArtifactUploadTests : IAsyncLifetime
{
    private const int Pieces = 65;
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private readonly byte[] bytes = RandomNumberGenerator.GetBytes((Pieces - 1) * ChunkSize.Piece + 12_345);
    private readonly string path = Path.GetTempFileName();
    private readonly SteppedClock time = new(Noon);
    private readonly List<long> received = [];
    private UploadServer server = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(path, bytes);
        server = await UploadServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        File.Delete(path);
    }

    [Fact]
    public async Task Run_NothingInTheWay_DeliversEveryByteInPieces()
    {
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
        Assert.Equal(Pieces, server.Received.Chunks);
        Assert.All(server.Received.ChunkSizes, size => Assert.InRange(size, 1, ChunkSize.Piece));
        Assert.Equal(received.Order(), received);
        Assert.Equal(bytes.Length, received[^1]);
        Assert.Equal(("agent", "secret", "c-1", 3u), (server.Received.Offers[0].AgentId, server.Received.Offers[0].AgentSecret, server.Received.Offers[0].CaptureId, server.Received.Offers[0].Attempt));
    }

    [Fact]
    public async Task Run_SiloAnswersEachPiece_DeliversOnce()
    {
        server.Received.AnswersEach = true;
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
        Assert.Equal(Pieces, server.Received.Chunks);
        // One each time that it looks whether all is there: no answer was taken for that of another chunk.
        Assert.Single(server.Received.Offers);
    }

    [Fact]
    public async Task Run_AfterTheLastChunk_LeavesTheStreamWhenBothSidesHaveEndedIt()
    {
        var gateway = new WatchedGateway();

        Assert.Equal(CaptureFailure.None, (await RunAsync(() => gateway)).Failure);

        // Left before that, the silo sees a reset and logs an error.
        Assert.Equal(["completed", "read to the end", "left", "asked to finish"], gateway.Seen);
    }

    [Fact]
    public async Task Run_CutBeforeEveryPiece_ResumesWhereTheSiloIs()
    {
        var cut = new HashSet<int>();
        // Every odd piece is lost: each is sent twice, no more.
        server.Received.CutBefore = number => number % 2 == 1 && cut.Add(number);
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
        Assert.Equal(2 * Pieces, server.Received.Chunks);
    }

    [Fact]
    public async Task Run_CutAfterEveryPiece_SendsNoneTwice()
    {
        server.Received.CutAfter = _ => true;
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
        Assert.Equal(Pieces, server.Received.Chunks);
        Assert.Equal(bytes.Length, server.Received.ChunkSizes.Sum());
    }

    [Fact]
    public async Task Run_SiloTakesNoneOfAChunk_WaitsBeforeItTriesAgain()
    {
        server.Received.TakesNothing = number => number < 600;
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
        // Every try but the first begins with a question, after a pause.
        Assert.Equal(20, server.Received.Offers.Count);
    }

    [Fact]
    public async Task Run_AlreadyComplete_SendsNothing()
    {
        server.Received.Complete[Sha256] = bytes;
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(0, server.Received.Chunks);
    }

    [Fact]
    public async Task Run_StoreFullForAWhile_WaitsAndDelivers()
    {
        for (var i = 0; i < 3; i++) server.Received.BeginAnswers.Enqueue(new UploadStatus { Failure = "StoreFull", Message = "no space" });
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(4, server.Received.Offers.Count);
    }

    [Fact]
    public async Task Run_StoreFullUntilItsPatienceIsOver_SaysSo()
    {
        for (var i = 0; i < 10_000; i++) server.Received.BeginAnswers.Enqueue(new UploadStatus { Failure = "StoreFull", Message = "no space" });
        Assert.Equal(new UploadOutcome(CaptureFailure.StoreFull, "no space"), await RunAsync());
        Assert.True(time.GetUtcNow() >= Noon.AddHours(1));
        // A wait is half a minute on average, once it has grown.
        Assert.InRange(server.Received.Offers.Count, 20, 300);
    }

    [Fact]
    public async Task Run_OverTheUploadBudget_KeepsTheArtifactBeyondItsPatienceAndDelivers()
    {
        // Half a minute each on average: far more than the hour of its patience.
        for (var i = 0; i < 300; i++) server.Received.BeginProblems.Enqueue(OverBudget());
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.True(time.GetUtcNow() > Noon.AddHours(1), $"{time.GetUtcNow():u}");
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
    }

    /// <summary>The certificate is renewed beside the upload: what was recorded is worth more than the minutes that takes.</summary>
    [Fact]
    public async Task Run_CertificateEnded_KeepsTheArtifactUntilItIsRenewed()
    {
        for (var i = 0; i < 20; i++) server.Received.BeginProblems.Enqueue(Refused("Expired"));
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
    }

    /// <summary>It is not renewed any more: then somebody has to join the agent again, and its spool is wanted for other captures.</summary>
    [Fact]
    public async Task Run_CertificateEndedForGood_GivesUpWithItsPatience()
    {
        for (var i = 0; i < 10_000; i++) server.Received.BeginProblems.Enqueue(Refused("Expired"));
        Assert.Equal(CaptureFailure.UploadInterrupted, (await RunAsync()).Failure);
        Assert.InRange(server.Received.Offers.Count, 20, 300);
    }

    [Fact]
    public async Task Run_CertificateRevoked_IsFinal()
    {
        server.Received.BeginProblems.Enqueue(Refused("Revoked"));
        Assert.Equal(CaptureFailure.UploadInterrupted, (await RunAsync()).Failure);
        Assert.Single(server.Received.Offers);
    }

    [Fact]
    public async Task Run_CutAgainAndAgainOnASlowLink_GoesOnBeyondItsPatienceAsLongAsItProgresses()
    {
        server.Received.CutCode = StatusCode.Aborted;
        // An hour is over with the fourth piece.
        server.Received.CutAfter = _ =>
        {
            time.Advance(TimeSpan.FromMinutes(15));
            return true;
        };
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.True(time.GetUtcNow() > Noon.AddHours(1), $"{time.GetUtcNow():u}");
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
    }

    [Fact]
    public async Task Run_OverTheUploadBudgetAndThenRefused_WaitsTheRestOfItsPatience()
    {
        for (var i = 0; i < 300; i++) server.Received.BeginProblems.Enqueue(OverBudget());
        for (var i = 0; i < 10_000; i++) server.Received.BeginProblems.Enqueue(new RpcException(new Status(StatusCode.ResourceExhausted, "Too many uploads at once.")));
        Assert.Equal(new UploadOutcome(CaptureFailure.UploadInterrupted, "Too many uploads at once."), await RunAsync());
        Assert.InRange(server.Received.Offers.Count, 320, 600);
    }

    [Theory]
    [InlineData("Cancelled")]
    [InlineData("Expired")]
    [InlineData("ByteLimitReached")]
    [InlineData("UploadMismatch")]
    public async Task Run_RefusedByTheSilo_IsFinal(string failure)
    {
        server.Received.BeginAnswers.Enqueue(new UploadStatus { Failure = failure, Message = "because" });
        Assert.Equal(new UploadOutcome(Enum.Parse<CaptureFailure>(failure), "because"), await RunAsync());
        Assert.Single(server.Received.Offers);
    }

    [Fact]
    public async Task Run_OtherBytesArrived_IsAMismatch()
    {
        server.Received.CorruptFirstByte = true;
        Assert.Equal(CaptureFailure.UploadMismatch, (await RunAsync()).Failure);
    }

    [Fact]
    public async Task Run_NotAuthorised_IsFinal()
    {
        server.Received.Refuse = StatusCode.PermissionDenied;
        Assert.Equal(new UploadOutcome(CaptureFailure.UploadInterrupted, "refused by the test"), await RunAsync());
        Assert.Single(server.Received.Offers);
    }

    [Fact]
    public async Task Run_SiloAwayForLongerThanItsPatience_DeliversWhenItIsBack()
    {
        using var nowhere = GrpcChannel.ForAddress("http://127.0.0.1:1");
        var away = new AgentGateway.AgentGatewayClient(nowhere);
        Assert.Equal(CaptureFailure.None, (await RunAsync(() => time.GetUtcNow() < Noon.AddHours(5) ? away : server.Client, TimeSpan.FromMinutes(2))).Failure);
        Assert.True(time.GetUtcNow() >= Noon.AddHours(5), $"{time.GetUtcNow():u}");
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
    }

    [Fact]
    public async Task Run_StoreAwayForLongerThanItsPatience_DeliversWhenItIsBack()
    {
        for (var i = 0; i < 300; i++) server.Received.BeginProblems.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "The silo's store is away.")));
        Assert.Equal(CaptureFailure.None, (await RunAsync()).Failure);
        Assert.True(time.GetUtcNow() > Noon.AddHours(1), $"{time.GetUtcNow():u}");
        Assert.Equal(bytes, server.Received.Complete[Sha256]);
    }

    /// <summary>A silo that answers is not waited for for ever: it may be the artifact, and others wait behind it.</summary>
    [Fact]
    public async Task Run_CutAtTheSameChunkUntilItsPatienceIsOver_IsInterrupted()
    {
        (server.Received.CutCode, server.Received.CutBefore) = (StatusCode.Aborted, number => number > 1);
        Assert.Equal(new UploadOutcome(CaptureFailure.UploadInterrupted, "cut by the test"), await RunAsync());
        Assert.True(time.GetUtcNow() >= Noon.AddHours(1), $"{time.GetUtcNow():u}");
    }

    [Fact]
    public async Task Run_WallClockSetForward_IsNotGivenUp()
    {
        for (var i = 0; i < 3; i++) server.Received.BeginAnswers.Enqueue(new UploadStatus { Failure = "StoreFull", Message = "no space" });
        var hasStepped = false;
        Assert.Equal(CaptureFailure.None, (await RunAsync(() =>
        {
            if (!hasStepped) time.Step(TimeSpan.FromDays(1));
            hasStepped = true;
            return server.Client;
        })).Failure);
    }

    [Fact]
    public async Task Run_FileShorterThanOffered_IsNamed()
    {
        await File.WriteAllBytesAsync(path, bytes[..100], TestContext.Current.CancellationToken);
        Assert.Equal(CaptureFailure.InternalError, (await RunAsync()).Failure);
    }

    [Fact]
    public async Task Run_WokenWhileWaiting_TriesAtOnce()
    {
        server.Received.BeginAnswers.Enqueue(new UploadStatus { Failure = "StoreFull" });
        var upload = Create(() => server.Client);
        upload.WakeUp();
        // The clock stands still: only the wake-up can end the wait.
        var outcome = await upload.RunAsync(Artifact, received.Add, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(CaptureFailure.None, outcome.Failure);
    }

    [Fact]
    public async Task Run_Cancelled_Throws()
    {
        server.Received.Hold = new TaskCompletionSource().Task;
        using var cancel = new CancellationTokenSource();
        var running = Create(() => server.Client).RunAsync(Artifact, received.Add, cancel.Token);
        while (server.Received.Chunks == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(3_000)]
    [InlineData(1_500)]
    public async Task Run_OverALinkThatBringsNoChunkWithinAMinute_DeliversInSmallerChunks(int bytesPerSecond)
    {
        var gateway = new SlowGateway(time) { BytesPerSecond = bytesPerSecond };
        var upload = Create(() => gateway, time);
        gateway.Lost += upload.WakeUp;

        Assert.Equal(CaptureFailure.None, (await upload.RunAsync(Artifact, received.Add, CancellationToken.None)).Failure);

        Assert.Equal(bytes, gateway.Received);
        Assert.Equal(received.Order(), received);
        // A chunk that was answered late does not grow into one that is not answered.
        Assert.InRange(gateway.Chunks.Count(chunk => !chunk.IsAnswered), 1, 4);
    }

    [Fact]
    public async Task Run_SlowLinkGetsFast_SendsLargeChunksAgain()
    {
        var gateway = new SlowGateway(time) { BytesPerSecond = 1_500 };
        gateway.Answered += () => gateway.BytesPerSecond = 1_000_000;
        var upload = Create(() => gateway, time);
        gateway.Lost += upload.WakeUp;

        Assert.Equal(CaptureFailure.None, (await upload.RunAsync(Artifact, received.Add, CancellationToken.None)).Failure);

        Assert.Equal(bytes, gateway.Received);
        Assert.Equal([ChunkSize.Smallest, ChunkSize.Smallest, 2 * ChunkSize.Smallest, 4 * ChunkSize.Smallest, 8 * ChunkSize.Smallest], gateway.Chunks.Where(chunk => chunk.IsAnswered).Select(chunk => chunk.Bytes).Take(5));
    }

    private static RpcException Refused(string reason) => new(new Status(StatusCode.Unauthenticated, "No."), new Metadata { { "fleetprof-reason", reason } });

    private static RpcException OverBudget() =>
        new(new Status(StatusCode.ResourceExhausted, "The agent has sent its bytes of this hour."), new Metadata { { "fleetprof-failure", "UploadBudget" } });

    private string Sha256 => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private OfferedArtifact Artifact => new("c-1", 3, path, bytes.Length, Sha256, TimeSpan.FromHours(1));

    private ArtifactUpload Create(Func<AgentGateway.AgentGatewayClient> connect, TimeProvider? network = null) =>
        new(connect, new AgentIdentity("agent", "secret"), new RetryPause(time, new Random(1)), time, NullLogger.Instance) { Network = network ?? TimeProvider.System };

    /// <summary>Runs to the end. Time passes while it waits between tries, by as long as it waits or by <paramref name="least"/>; a try takes none, however slow the machine is.</summary>
    private async Task<UploadOutcome> RunAsync(Func<AgentGateway.AgentGatewayClient>? connect = null, TimeSpan? least = null)
    {
        var asleep = time.NextWait;
        var running = Create(connect ?? (() => server.Client)).RunAsync(Artifact, received.Add, CancellationToken.None);
        var limit = Task.Delay(TimeSpan.FromMinutes(3), CancellationToken.None);
        while (await Task.WhenAny(running, asleep, limit) == asleep)
        {
            var wait = await asleep;
            asleep = time.NextWait;
            time.Advance(least is { } longer && longer > wait ? longer : wait);
        }
        return await running.WaitAsync(TimeSpan.FromSeconds(1));
    }
}
