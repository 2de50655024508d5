using FleetProf.AgentProtocol;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Tests.Hosting;
using Google.Protobuf;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class UploadPlaceTests : IDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private readonly SteppedClock clock = new();
    private readonly SentChunks sent = new();
    private readonly UploadPlace place;
    private TimeSpan? wasted;

    public UploadPlaceTests() => place = new UploadPlace(sent, clock, time => wasted = time);

    [Fact]
    public async Task MoveNext_NothingEverComes_EndsAfterThePatience()
    {
        var next = place.MoveNext(CancellationToken.None);
        clock.StepBack();
        clock.Advance(UploadPlace.Patience - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => next)).StatusCode);
        place.Dispose();
        Assert.Equal(UploadPlace.Patience, wasted);
    }

    /// <summary>A link of 8,000 B/s, with chunks as agents send them.</summary>
    [Fact]
    public async Task MoveNext_OfASlowLink_GoesOnForEverAndWastesNothing()
    {
        for (var chunk = 0; chunk < 20; chunk++)
        {
            Assert.True(await NextAsync(Mebibyte, TimeSpan.FromSeconds(Mebibyte / 8_000)));
        }

        place.Dispose();
        Assert.Equal(TimeSpan.Zero, wasted);
    }

    [Fact]
    public async Task MoveNext_ATrickleOfBytes_EndsAfterThePatienceAllTheSame()
    {
        for (var second = 0; second < 170; second += 10)
        {
            Assert.True(await NextAsync(1, TimeSpan.FromSeconds(10)));
        }

        await Assert.ThrowsAsync<RpcException>(() => NextAsync(1, TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public async Task MoveNext_CallerGivesUp_IsCancelled()
    {
        using var ended = new CancellationTokenSource();
        var next = place.MoveNext(ended.Token);
        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Dispose_AfterTheSiloTookItsTime_WastedNothing()
    {
        Assert.True(await NextAsync(Mebibyte, TimeSpan.Zero));
        clock.Advance(TimeSpan.FromHours(1));
        place.Dispose();

        Assert.Equal(TimeSpan.Zero, wasted);
    }

    public void Dispose() => place.Dispose();

    private Task<bool> NextAsync(int bytes, TimeSpan after)
    {
        var next = place.MoveNext(CancellationToken.None);
        clock.Advance(after);
        sent.Send(bytes);
        return next;
    }

    /// <summary>Chunks that come when the test sends them.</summary>
    private sealed class SentChunks : IAsyncStreamReader<UploadChunk>
    {
        private TaskCompletionSource next = new();

        public UploadChunk Current { get; private set; } = new();

        public void Send(int bytes)
        {
            Current = new UploadChunk { Data = UnsafeByteOperations.UnsafeWrap(new byte[bytes]) };
            next.TrySetResult();
        }

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            next = new TaskCompletionSource();
            await next.Task.WaitAsync(cancellationToken);
            return true;
        }
    }
}
