using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Agents;

/// <summary>One agent: who it is (durable), which stream speaks for it and what it captures (in memory; the agent tells again when it reconnects).</summary>
internal sealed partial class AgentGrain(
    [PersistentState("agent", StorageSetup.ProviderName)] IPersistentState<AgentState> stored,
    EnrolledTable enrolled,
    AccessLog access,
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    ILogger<AgentGrain> logger,
    SessionHub? streams = null) : Grain, IAgentGrain
{
    /// <summary>The capability of agents that can wait for a pause; others would capture at once.</summary>
    private const string PauseTrigger = "pause-trigger";

    private readonly CapturePlace place = new(clock);

    /// <summary>Of what waits for a pause, which may take hours and is hardly felt by the host.</summary>
    private readonly CapturePlace armed = new(clock);
    private AgentBinding? binding;

    /// <summary>
    /// A second process with the same certificate that was turned away, and the first sign of life of the first one since. One sign proves nothing: what a dead
    /// process left with its host's network goes out when the link is back, together. Another of half a beat later proves that both live.
    /// </summary>
    private (string HostName, long? SignAt)? challenger;

    public async Task<AgentAttachment> AttachAsync(ISessionHub hub, string sessionId, AgentHello hello)
    {
        if (!await IsAuthenticAsync(hello))
        {
            LogNotAuthorised(hello.AgentId, hello.HostName);
            return Refuse(AgentRefusal.NotAuthorised, "This agent id belongs to another secret. Restore the agent's state folder, or delete it to enrol as a new agent.");
        }

        if (binding is { } older && older.SessionId != sessionId)
        {
            if (older.ProcessNonce != hello.ProcessNonce && clock.GetElapsedTime(older.LastSignAt) < options.Value.SilentAfter)
            {
                LogDuplicate(hello.AgentId, hello.HostName);
                challenger = hello.IsCertified ? challenger ?? (hello.HostName, null) : null;
                return Refuse(
                    AgentRefusal.DuplicateAgent,
                    "Another agent with this id is connected. Stop one of the two, and delete the state folder of a copied one so that it gets an id of its own.",
                    (int)options.Value.SilentAfter.TotalSeconds);
            }

            older.Hub.DisconnectAsync(older.SessionId, "A newer session of this agent took over.").Ignore();
        }

        challenger = null;
        binding = new AgentBinding(hub, sessionId, hello.ProcessNonce, clock.GetTimestamp()) { HostName = hello.HostName, CanWaitForPauses = hello.Capabilities.Contains(PauseTrigger) };
        IReadOnlyList<string> handedOut = [.. place.Holders, .. armed.Holders];
        place.Settle([.. hello.RunningCaptures.Except(hello.ArmedCaptures)]);
        armed.Settle([.. hello.RunningCaptures.Intersect(hello.ArmedCaptures)]);
        return new AgentAttachment { HandedOut = handedOut };
    }

    public Task DetachAsync(string sessionId)
    {
        if (binding?.SessionId == sessionId)
        {
            (binding, challenger) = (null, null);
        }

        return Task.CompletedTask;
    }

    public async Task<bool> HeartbeatAsync(string sessionId)
    {
        if (binding?.SessionId != sessionId)
        {
            return false;
        }

        binding = binding with { LastSignAt = clock.GetTimestamp() };
        switch (challenger)
        {
            case { SignAt: null } other:
                challenger = (other.HostName, binding.LastSignAt);
                break;
            case { SignAt: { } first } other when clock.GetElapsedTime(first) >= options.Value.HeartbeatInterval / 2:
                await QuarantineAsync(binding.HostName, other.HostName);
                break;
        }

        return true;
    }

    public Task<bool> VerifyAsync(string secretHash) => Task.FromResult(stored.State.SecretHash is { } known && AreSame(known, secretHash));

    public async Task<CaptureFailure> StartCaptureAsync(CaptureOrder order)
    {
        var key = CapturePlace.Key(order.CaptureId, order.Attempt);
        var wanted = order.WhenPauseOverMs is null ? place : armed;
        if (wanted.WasHandedOut(key))
        {
            return CaptureFailure.None;
        }

        if (binding is not { } current)
        {
            return CaptureFailure.AgentUnreachable;
        }

        if (wanted == armed && !current.CanWaitForPauses)
        {
            return CaptureFailure.AgentTooOld;
        }

        if (wanted.Holders.Count > 0)
        {
            return CaptureFailure.Busy;
        }

        wanted.Take(order);
        if (await PushAsync(current, hub => hub.StartCaptureAsync(current.SessionId, order)))
        {
            return CaptureFailure.None;
        }

        wanted.GiveBack(key);
        return CaptureFailure.AgentUnreachable;
    }

    public async Task<bool> CancelCaptureAsync(string captureId, int attempt) =>
        binding is { } current && await PushAsync(current, hub => hub.CancelCaptureAsync(current.SessionId, captureId, attempt));

    public Task CaptureEndedAsync(string captureId, int attempt)
    {
        place.Free(CapturePlace.Key(captureId, attempt));
        armed.Free(CapturePlace.Key(captureId, attempt));
        return Task.CompletedTask;
    }

    /// <summary>
    /// False when the stream is certainly not there. Any other failure leaves open whether the agent got it: then the caller
    /// gets the exception, and the place stays taken until the agent tells or the time is over.
    /// </summary>
    private async Task<bool> PushAsync(AgentBinding current, Func<ISessionHub, Task<bool>> push)
    {
        var isThere = false;
        try
        {
            // A stream of this silo needs no message, which costs more than the order itself.
            isThere = await push(streams?.Has(current.SessionId) == true ? streams : current.Hub);
        }
        catch (ClientNotAvailableException)
        {
            // The silo of the stream is gone, and the stream with it.
        }

        if (!isThere && binding == current)
        {
            binding = null;
        }

        return isThere;
    }

    /// <summary>Both lose their streams by it, wherever they are: the key is no proof of anything any more.</summary>
    private async Task QuarantineAsync(string first, string second)
    {
        var agentId = this.GetPrimaryKeyString();
        await enrolled.QuarantineAsync(agentId, $"Two processes with its certificate were connected at once, on {first} and on {second}: the state folder exists twice.");
        challenger = null;
        access.Changed("quarantined agent", agentId, "fleetprof");
        LogCloned(agentId, first, second);
    }

    private async Task<bool> IsAuthenticAsync(AgentHello hello)
    {
        if (hello.IsCertified)
        {
            return true;
        }

        if (stored.State.SecretHash is { } known)
        {
            return AreSame(known, hello.SecretHash);
        }

        stored.State = new AgentState { SecretHash = hello.SecretHash, BoundAt = clock.GetUtcNow(), HostName = hello.HostName };
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is unknown: only a fresh read tells.
            DeactivateOnIdle();
            throw;
        }

        LogBound(hello.AgentId, hello.HostName);
        return true;
    }

    private static bool AreSame(string known, string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(given));

    private static AgentAttachment Refuse(AgentRefusal refusal, string message, int retryAfterSeconds = 0) =>
        new() { Refusal = refusal, Message = message, RetryAfterSeconds = retryAfterSeconds };

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} on {HostName} is known from now on")]
    private partial void LogBound(string agentId, string hostName);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} on {HostName} gave a wrong secret")]
    private partial void LogNotAuthorised(string agentId, string hostName);

    [LoggerMessage(Level = LogLevel.Error, Message = "Agent {AgentId} runs twice, on {First} and on {Second}; both are locked out until they join again")]
    private partial void LogCloned(string agentId, string first, string second);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A second agent with id {AgentId}, on {HostName}, was refused")]
    private partial void LogDuplicate(string agentId, string hostName);
}
