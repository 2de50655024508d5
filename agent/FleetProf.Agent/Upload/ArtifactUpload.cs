using FleetProf.Agent.Captures;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Upload;

/// <summary>
/// Brings one artifact at a time to the silo: asks how much it has, sends the rest in chunks, each durable there before the next,
/// and asks it to verify the whole. Any cut is resumed where the silo's bytes end, for as long as the artifact has patience with a silo that answers.
/// </summary>
internal sealed partial class ArtifactUpload(Func<AgentGateway.AgentGatewayClient> connect, AgentIdentity identity, RetryPause pause, TimeProvider time, ILogger logger)
{
    /// <summary>Trailer of a refused call that names the <see cref="CaptureFailure"/>.</summary>
    private const string FailureTrailer = "fleetprof-failure";

    /// <summary>The certificate has ended, and is renewed beside this.</summary>
    private const string Expired = "Expired";

    /// <summary>A connection that the network forgot answers nothing, ever.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>What has gone on is not given up at the next cut, however late it is.</summary>
    private static readonly TimeSpan AfterProgress = TimeSpan.FromMinutes(30);

    // Kept over tries and artifacts: it is the link's.
    private readonly ChunkSize size = new();

    // One for all uploads of this process, which go one after the other.
    private readonly byte[] buffer = new byte[ChunkSize.Piece];

    /// <summary>By which answers are waited for: real time, as long as there is a network.</summary>
    public TimeProvider Network { get; init; } = TimeProvider.System;

    /// <summary>Ends the current wait between tries: there is reason to believe that the silo can be reached.</summary>
    public void WakeUp() => pause.WakeUp();

    /// <summary>
    /// Runs until the artifact is there, cannot get there, or its patience is over. That counts the time of a silo that answers and does not take it, not the time
    /// in which none answers, or what one needs is away, nor that in which the agent has sent its bytes of this hour; and it is not over before half an hour without
    /// progress. Throws <see cref="OperationCanceledException"/> only.
    /// </summary>
    public async Task<UploadOutcome> RunAsync(OfferedArtifact artifact, Action<long> onReceived, CancellationToken cancellationToken)
    {
        var last = new UploadOutcome(CaptureFailure.UploadInterrupted, "The silo did not take it.");
        var (limit, spent, most) = (artifact.Patience, TimeSpan.Zero, 0L);
        var (began, isCounted) = (time.GetTimestamp(), false);
        void Receive(long count)
        {
            isCounted = true;
            if (count > most) (most, limit) = (count, Longer(limit, spent + time.GetElapsedTime(began) + AfterProgress));
            onReceived(count);
        }
        pause.Reset();
        while (true)
        {
            isCounted = false;
            try
            {
                var status = await TryAsync(artifact, Receive, cancellationToken);
                isCounted = true;
                if (status.IsComplete) return new UploadOutcome(CaptureFailure.None, "");
                if (Refused(status) is { } refused)
                {
                    if (refused.Failure != CaptureFailure.StoreFull) return refused;
                    last = refused;
                }
            }
            catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
            {
                LogInterrupted(artifact.CaptureId, error.Status.Detail);
                last = new UploadOutcome(NamedIn(error), error.Status.Detail);
                if (IsOfTheSilo(error)) isCounted = error.StatusCode != StatusCode.Unavailable && last.Failure != CaptureFailure.UploadBudget;
                if (IsFinal(error.StatusCode) && error.Trailers.GetValue(ControlSession.ReasonTrailer) != Expired) return last;
            }
            catch (Exception error) when (error is IOException or UnreadableException)
            {
                return new UploadOutcome(CaptureFailure.InternalError, $"The spool file could not be read: {error.Message}");
            }
            if (isCounted && spent + time.GetElapsedTime(began) >= limit) return last;
            await pause.WaitAsync(cancellationToken);
            if (isCounted) spent += time.GetElapsedTime(began);
            began = time.GetTimestamp();
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>A silo's own word, which is Unavailable where what it needs is away, rather than that of a connection that was not made, broke or does not answer.</summary>
    private static bool IsOfTheSilo(RpcException error) => error.Status.DebugException is null && error.StatusCode is not (StatusCode.Cancelled or StatusCode.DeadlineExceeded);

    /// <summary>One connection's worth of work; the status is final, asks for another try, or says that it is complete.</summary>
    private async Task<UploadStatus> TryAsync(OfferedArtifact artifact, Action<long> onReceived, CancellationToken cancellationToken)
    {
        var client = connect();
        var offer = new UploadOffer
        {
            AgentId = identity.AgentId, AgentSecret = identity.Secret, CaptureId = artifact.CaptureId,
            Attempt = artifact.Attempt, SizeBytes = artifact.SizeBytes, Sha256 = artifact.Sha256,
        };
        var status = await AnswerAsync(token => client.BeginUploadAsync(offer, cancellationToken: token).ResponseAsync, cancellationToken);
        if (status.IsComplete || status.Failure.Length > 0) return status;
        onReceived(status.ReceivedBytes);
        if (status.ReceivedBytes < artifact.SizeBytes)
        {
            status = await SendAsync(client, offer, artifact, status.ReceivedBytes, onReceived, cancellationToken);
            if (status.Failure.Length > 0 || status.IsComplete) return status;
        }
        return await AnswerAsync(token => client.CompleteUploadAsync(offer, cancellationToken: token).ResponseAsync, cancellationToken);
    }

    private async Task<UploadStatus> SendAsync(
        AgentGateway.AgentGatewayClient client, UploadOffer offer, OfferedArtifact artifact, long begin, Action<long> onReceived, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(artifact.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous);
        if (file.Length < artifact.SizeBytes) throw new IOException($"it has {file.Length} bytes instead of {artifact.SizeBytes}.");
        using var call = client.Upload(cancellationToken: cancellationToken);
        var status = new UploadStatus { ReceivedBytes = begin };
        for (var isFirst = true; status.ReceivedBytes < artifact.SizeBytes; isFirst = false)
        {
            var from = status.ReceivedBytes;
            var count = (int)Math.Min(size.Bytes, artifact.SizeBytes - from);
            file.Seek(from, SeekOrigin.Begin);
            status = await SizedAsync(count, token => ExchangeAsync(call, file, isFirst ? offer : null, from, count, token), cancellationToken);
            if (status.Failure.Length > 0 || status.IsComplete) return status;
            // The same chunk at once again would be a loop without a pause.
            if (status.ReceivedBytes <= from) throw new RpcException(new Status(StatusCode.Aborted, $"The silo took none of the {count} bytes at {from}."));
            pause.Reset();
            onReceived(status.ReceivedBytes);
        }
        return await AnswerAsync(
            async token =>
            {
                await call.RequestStream.CompleteAsync();
                // Until the silo has ended its side: leaving before that resets the stream, which it would report as an error of its own.
                return await call.ResponseStream.MoveNext(token) ? call.ResponseStream.Current : status;
            },
            cancellationToken);
    }

    /// <summary>Sends one chunk, and learns from it how large the next may be.</summary>
    private async Task<UploadStatus> SizedAsync(int count, Func<CancellationToken, Task<UploadStatus>> exchange, CancellationToken cancellationToken)
    {
        var sentAt = Network.GetTimestamp();
        try
        {
            var status = await AnswerAsync(exchange, cancellationToken);
            size.Answered(count, Network.GetElapsedTime(sentAt));
            return status;
        }
        catch (RpcException)
        {
            size.Lost(Network.GetElapsedTime(sentAt));
            throw;
        }
    }

    /// <summary>Sends a chunk in pieces from where the file stands. A silo of this version answers the last, older ones each.</summary>
    private async Task<UploadStatus> ExchangeAsync(
        AsyncDuplexStreamingCall<UploadChunk, UploadStatus> call, FileStream file, UploadOffer? offer, long from, int count, CancellationToken cancellationToken)
    {
        var end = from + count;
        for (var at = from; at < end; offer = null)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(ChunkSize.Piece, end - at));
            await ReadAsync(file, piece, cancellationToken);
            var sent = new UploadChunk { Offer = offer, Offset = at, Data = UnsafeByteOperations.UnsafeWrap(piece), HasNext = at + piece.Length < end };
            // Written out when it returns, so that the buffer is free again.
            if (!await TrySendAsync(call, sent, cancellationToken)) break;
            at += piece.Length;
        }
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var status = call.ResponseStream.Current;
            if (status.Failure.Length > 0 || status.IsComplete || status.ReceivedBytes <= from || status.ReceivedBytes >= end) return status;
        }
        throw new RpcException(new Status(StatusCode.Aborted, "The silo ended the upload before it had all bytes."));
    }

    /// <summary>False when the silo takes no more: its answers say why, which a write that meets the end of a call may not.</summary>
    private static async Task<bool> TrySendAsync(AsyncDuplexStreamingCall<UploadChunk, UploadStatus> call, UploadChunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.SendAsync(chunk, cancellationToken);
            return true;
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task ReadAsync(FileStream file, Memory<byte> piece, CancellationToken cancellationToken)
    {
        try
        {
            await file.ReadExactlyAsync(piece, cancellationToken);
        }
        catch (IOException error)
        {
            throw new UnreadableException(error);
        }
    }

    private async Task<UploadStatus> AnswerAsync(Func<CancellationToken, Task<UploadStatus>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(AnswerLimit, Network);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The stack reports a broken call in several ways.
            throw new RpcException(new Status(StatusCode.Unavailable, patience.IsCancellationRequested ? $"The silo did not answer within {AnswerLimit.TotalSeconds:0} s." : error.Message, error));
        }
    }

    private static UploadOutcome? Refused(UploadStatus status) => status.Failure.Length == 0
        ? null
        : new UploadOutcome(Enum.TryParse<CaptureFailure>(status.Failure, out var failure) && failure != CaptureFailure.None ? failure : CaptureFailure.UploadInterrupted, status.Message);

    private static CaptureFailure NamedIn(RpcException error) =>
        Enum.TryParse<CaptureFailure>(error.Trailers.GetValue(FailureTrailer), out var failure) && failure != CaptureFailure.None ? failure : CaptureFailure.UploadInterrupted;

    private static bool IsFinal(StatusCode code) =>
        code is StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented;

    /// <summary>The file, while a silo is talked to: calls that break throw an <see cref="IOException"/> too.</summary>
    private sealed class UnreadableException(IOException error) : Exception(error.Message, error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The upload of capture {CaptureId} was interrupted: {Detail}")]
    private partial void LogInterrupted(string captureId, string detail);
}
