using System.Runtime.ExceptionServices;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Access;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Captures.Retention;
using FleetProf.Silo.Storage;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Captures;

/// <summary>Takes artifacts of agents: resumable, verified by sha256, durable before every status.</summary>
public sealed partial class UploadIntake
{
    /// <summary>Trailer of a refused call that names the <see cref="CaptureFailure"/>.</summary>
    public const string FailureTrailer = "fleetprof-failure";

    private readonly UploadOfferCheck check;
    private readonly UploadBudget budget;
    private readonly ArtifactStore store;
    private readonly ArtifactTable table;
    private readonly UploadCompletions completions;
    private readonly AnalysisQueue queue;
    private readonly CaptureRoom room;
    private readonly IOptions<CaptureOptions> options;
    private readonly ILogger<UploadIntake> logger;
    private readonly UploadSlots slots = new();

    internal UploadIntake(
        UploadOfferCheck check,
        UploadBudget budget,
        ArtifactStore store,
        ArtifactTable table,
        UploadCompletions completions,
        AnalysisQueue queue,
        CaptureRoom room,
        IOptions<CaptureOptions> options,
        ILogger<UploadIntake> logger)
    {
        this.check = check;
        this.budget = budget;
        this.store = store;
        this.table = table;
        this.completions = completions;
        this.queue = queue;
        this.room = room;
        this.options = options;
        this.logger = logger;
    }

    /// <summary>How many bytes of the offered artifact are here.</summary>
    /// <param name="offer">What the agent has.</param>
    /// <param name="callerId">The agent by its certificate. Null: agents have none, the secret decides.</param>
    /// <param name="cancellationToken">The call ended.</param>
    /// <exception cref="RpcException">The offer is malformed, or not this agent's to make, or (ResourceExhausted) above its budget of bytes for now; Unavailable where database or store is away.</exception>
    public async Task<UploadStatus> BeginAsync(UploadOffer offer, string? callerId = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(offer, callerId, BeginAsync, cancellationToken))!;

    /// <summary>Appends chunks and answers each that no other follows at once with what is durable now. The first chunk carries the offer.</summary>
    /// <exception cref="RpcException">As for begin; Aborted when a newer upload of the same capture took over.</exception>
    public async Task ReceiveAsync(IAsyncStreamReader<UploadChunk> chunks, IServerStreamWriter<UploadStatus> statuses, string? callerId = null, CancellationToken cancellationToken = default)
    {
        if (!await chunks.MoveNext(cancellationToken))
        {
            return;
        }

        var offer = chunks.Current.Offer ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "The first chunk of a stream carries the offer."));
        ExceptionDispatchInfo? cut = null;
        var last = await RunAsync(
            offer,
            callerId,
            async (accepted, token) =>
            {
                await GrantAsync(accepted, token);
                using var part = Open(accepted);
                for (var goesOn = true; goesOn;)
                {
                    // Also while it streams: many uploads together must not take what the catalog lives on.
                    if (await room.WhyNoneForUploadAsync(chunks.Current.Data.Length, token) is { } full)
                    {
                        return StoreFull(accepted, part.ReceivedBytes, full);
                    }

                    await part.AppendAsync(chunks.Current, token);
                    try
                    {
                        if (!chunks.Current.HasNext)
                        {
                            await statuses.WriteAsync(new UploadStatus { ReceivedBytes = part.ReceivedBytes }, token);
                        }

                        goesOn = await chunks.MoveNext(token);
                    }
                    catch (IOException hungUp)
                    {
                        // An agent that hangs up must not be counted as a store that fails, and both may be the same exception.
                        cut = ExceptionDispatchInfo.Capture(hungUp);
                        break;
                    }
                }

                return null;
            },
            cancellationToken);
        cut?.Throw();
        if (last is not null)
        {
            await statuses.WriteAsync(last, cancellationToken);
        }
    }

    /// <summary>Makes the artifact durable and queues its analysis. Idempotent.</summary>
    /// <exception cref="RpcException">The offer is malformed, or not this agent's to make; Unavailable where database or store is away.</exception>
    public async Task<UploadStatus> CompleteAsync(UploadOffer offer, string? callerId = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(offer, callerId, (accepted, token) => completions.RunAsync(accepted.CaptureId, stopping => CompleteAsync(accepted, stopping), token), cancellationToken))!;

    private async Task<UploadStatus?> BeginAsync(CheckedOffer offer, CancellationToken cancellationToken)
    {
        await GrantAsync(offer, cancellationToken);
        using var part = Open(offer);
        return await room.WhyNoneForUploadAsync(offer.SizeBytes - part.ReceivedBytes, cancellationToken) is { } full
            ? StoreFull(offer, part.ReceivedBytes, full)
            : new UploadStatus { ReceivedBytes = part.ReceivedBytes };
    }

    /// <summary>No status but an error with a name beside it: agents of every version keep the artifact then and come back, and new ones know why.</summary>
    private async Task GrantAsync(CheckedOffer offer, CancellationToken cancellationToken)
    {
        if (await budget.TryGrantAsync(offer, cancellationToken) is not { } later)
        {
            return;
        }

        CaptureInstruments.UploadEnded(CaptureFailure.UploadBudget);
        LogOverBudget(offer.CaptureId, offer.AgentId, offer.SizeBytes, later);
        var why = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"One agent may upload {options.Value.UploadBytesPerHour} bytes within an hour ({CaptureOptions.Section}:{nameof(CaptureOptions.UploadBytesPerHour)}). This artifact of {offer.SizeBytes} bytes may go on at {later:yyyy-MM-dd HH:mm:ss} UTC.");
        throw new RpcException(new Status(StatusCode.ResourceExhausted, why), new Metadata { { FailureTrailer, nameof(CaptureFailure.UploadBudget) } });
    }

    private async Task<UploadStatus?> CompleteAsync(CheckedOffer offer, CancellationToken cancellationToken)
    {
        if (store.HasPart(offer.CaptureId, offer.Attempt, offer.Sha256))
        {
            if (await AdoptAsync(offer, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }
        else if (!await store.HoldsAsync(offer.CaptureId, offer.SizeBytes, offer.Sha256, cancellationToken))
        {
            // Without a part, the last try may have died between the rename and the row; here it had not come so far.
            return new UploadStatus { Message = "Not all bytes are here yet." };
        }

        var name = await store.OriginalNameOfAsync(offer.CaptureId, cancellationToken);
        await table.AddAsync(ToArtifact(offer), new StoredFile(name, ArtifactStore.ContentTypeOf(name), offer.SizeBytes, offer.Sha256), CancellationToken.None);
        queue.Enqueue(offer.CaptureId);
        CaptureInstruments.UploadEnded(CaptureFailure.None);
        LogComplete(offer.CaptureId, offer.SizeBytes, offer.AgentId);
        return Complete(offer);
    }

    /// <summary>Null when the part is the stored original now.</summary>
    private async Task<UploadStatus?> AdoptAsync(CheckedOffer offer, CancellationToken cancellationToken)
    {
        using var part = Open(offer);
        if (part.ReceivedBytes != offer.SizeBytes)
        {
            return new UploadStatus { ReceivedBytes = part.ReceivedBytes, Message = "Not all bytes are here yet." };
        }

        // It is sealed into another file, and goes only when that is whole.
        if (await room.WhyNoneForUploadAsync(offer.SizeBytes, cancellationToken) is { } full)
        {
            return StoreFull(offer, part.ReceivedBytes, full);
        }

        if (!await table.TryClaimAsync(offer.CaptureId, offer.Attempt, offer.Sha256, cancellationToken))
        {
            // Another silo took one in the meantime. Nothing says which of the two is the better, and what was acknowledged stays.
            store.RemovePart(offer.CaptureId, offer.Attempt, offer.Sha256);
            return Another();
        }

        try
        {
            if (await store.TryAdoptOriginalAsync(offer.CaptureId, offer.Attempt, offer.Sha256, part, cancellationToken))
            {
                return null;
            }

            await table.ReleaseClaimAsync(offer.CaptureId, offer.Sha256, CancellationToken.None);
            await budget.SpendAsync(offer, CancellationToken.None);
            return Mismatch(offer);
        }
        catch (InvalidDataException damaged)
        {
            // What the silo did to it is no fault of the agent, which has it still.
            LogDamaged(damaged, offer.CaptureId);
            store.RemovePart(offer.CaptureId, offer.Attempt, offer.Sha256);
            return new UploadStatus { Message = "What had been received was damaged; all is to be sent again." };
        }
    }

    /// <summary>What all calls share: check the offer, and tell an outage from an error, of which agents bear only so many.</summary>
    private async Task<UploadStatus?> RunAsync(UploadOffer offer, string? callerId, Func<CheckedOffer, CancellationToken, Task<UploadStatus?>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(await check.CheckAsync(offer, callerId, cancellationToken), work, cancellationToken);
        }
        catch (Exception exception) when (Refusals.OfOutage(exception) is { } outage)
        {
            LogCatalogAway(exception.Message, offer.CaptureId);
            throw outage;
        }
    }

    /// <summary>Answers repeats, holds the capture's slot, turns a full disk into a status, counts what the store fails at.</summary>
    private async Task<UploadStatus?> RunAsync(CheckedOffer accepted, Func<CheckedOffer, CancellationToken, Task<UploadStatus?>> work, CancellationToken cancellationToken)
    {
        using var lease = await slots.TakeAsync(accepted.CaptureId, cancellationToken);
        try
        {
            await completions.SettledAsync(accepted.CaptureId, lease.Token);
            var stored = await table.FindAsync(accepted.CaptureId, lease.Token);
            if (stored is not null && stored.Attempt == accepted.Attempt)
            {
                // What was received whole stays as it is, whatever its agent sends later.
                return stored.Sha256 == accepted.Sha256
                    ? Complete(accepted)
                    : Another();
            }

            if (accepted.Refusal == CaptureFailure.None)
            {
                return await work(accepted, lease.Token);
            }

            store.RemovePart(accepted.CaptureId, accepted.Attempt, accepted.Sha256);
            return Refused(accepted.Refusal, 0, accepted.Message);
        }
        catch (OperationCanceledException) when (lease.IsSuperseded)
        {
            throw new RpcException(new Status(StatusCode.Aborted, "A newer upload of this capture took over."));
        }
        catch (Exception exception) when (exception is IOException io && DurableFile.IsDiskFull(io) || exception is CatalogException { IsDiskFull: true })
        {
            LogStoreFull(exception, accepted.CaptureId);
            return StoreFull(accepted, 0, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            CaptureInstruments.NotStored();
            if ((exception as StoreAwayException ?? store.FindAway()) is not { } away)
            {
                throw;
            }

            // No failure: agents of every version keep the artifact and come back, however long it lasts. They bear only so many of one that cannot be stored.
            LogStoreAway(away.Message, accepted.CaptureId);
            throw new RpcException(new Status(StatusCode.Unavailable, $"The silo's store is away: {away.Message}"));
        }
    }

    /// <summary>On a share another silo may have it open still, which has not noticed yet that the agent is gone.</summary>
    private PartialUpload Open(CheckedOffer offer)
    {
        try
        {
            return store.OpenPart(offer.CaptureId, offer.Attempt, offer.Sha256, offer.SizeBytes);
        }
        catch (IOException held) when (DurableFile.IsHeld(held))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "Another silo still has this upload open; it lets go within two minutes."));
        }
    }

    private static Artifact ToArtifact(CheckedOffer offer) => new()
    {
        CaptureId = offer.CaptureId,
        CampaignId = offer.CampaignId,
        Attempt = offer.Attempt,
        AgentId = offer.AgentId,
        Kind = offer.Kind,
        Sha256 = offer.Sha256,
        SizeBytes = offer.SizeBytes,
    };

    private UploadStatus Mismatch(CheckedOffer offer)
    {
        store.RemovePart(offer.CaptureId, offer.Attempt, offer.Sha256);
        LogMismatch(offer.CaptureId, offer.AgentId);
        return Refused(CaptureFailure.UploadMismatch, 0, CaptureFailureAdvice.Explain(CaptureFailure.UploadMismatch));
    }

    private static UploadStatus Another() => Refused(CaptureFailure.UploadMismatch, 0, "Another artifact of this attempt has been received already; it stays.");

    private static UploadStatus StoreFull(CheckedOffer offer, long receivedBytes, string? why) => Refused(
        CaptureFailure.StoreFull, receivedBytes, $"{CaptureFailureAdvice.Explain(CaptureFailure.StoreFull)} The artifact has {offer.SizeBytes} bytes. {why}".TrimEnd());

    private static UploadStatus Complete(CheckedOffer offer) => new() { ReceivedBytes = offer.SizeBytes, IsComplete = true };

    private static UploadStatus Refused(CaptureFailure failure, long receivedBytes, string message)
    {
        CaptureInstruments.UploadEnded(failure);
        return new UploadStatus { ReceivedBytes = receivedBytes, Failure = failure.ToString(), Message = message };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Artifact of {CaptureId} is complete: {SizeBytes} bytes from agent {AgentId}")]
    private partial void LogComplete(string captureId, long sizeBytes, string agentId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Artifact of {CaptureId} waits with agent {AgentId}, which is above its upload budget: {SizeBytes} bytes may go on at {Later:u}")]
    private partial void LogOverBudget(string captureId, string agentId, long sizeBytes, DateTimeOffset later);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Artifact of {CaptureId} from agent {AgentId} does not match its checksum and was discarded")]
    private partial void LogMismatch(string captureId, string agentId);

    [LoggerMessage(Level = LogLevel.Error, Message = "What had been received of {CaptureId} was damaged in the folder of uploads and was discarded; its agent sends it again")]
    private partial void LogDamaged(Exception exception, string captureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The artifact of {CaptureId} waits with its agent, the store is away: {Problem}")]
    private partial void LogStoreAway(string problem, string captureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The artifact of {CaptureId} waits with its agent, the database or another silo is away: {Problem}")]
    private partial void LogCatalogAway(string problem, string captureId);

    [LoggerMessage(Level = LogLevel.Error, Message = "No space for the artifact of {CaptureId}")]
    private partial void LogStoreFull(Exception exception, string captureId);
}
