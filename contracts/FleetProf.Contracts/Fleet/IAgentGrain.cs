using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Fleet;

/// <summary>One agent, wherever its stream is attached. Key: agent id.</summary>
[Alias("fleetprof.agent")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>Binds the agent to a stream. Refuses a second live copy of the same agent.</summary>
    [Alias("attach")]
    Task<AgentAttachment> AttachAsync(ISessionHub hub, string sessionId, AgentHello hello);

    /// <summary>The stream ended. Ignored when another session has taken over.</summary>
    [Alias("detach")]
    Task DetachAsync(string sessionId);

    /// <summary>The agent gave a sign of life. False: this session is not known (any more), attach it again.</summary>
    [Alias("heartbeat")]
    Task<bool> HeartbeatAsync(string sessionId);

    /// <summary>Whether the secret belongs to this agent; false for an unknown agent.</summary>
    [Alias("verify"), Orleans.Concurrency.AlwaysInterleave]
    Task<bool> VerifyAsync(string secretHash);

    /// <summary>Hands the order to the agent. None: it is on the agent's stream; else AgentUnreachable, Busy (another capture runs on this host; one that waits for a pause is only in the way of another such) or AgentTooOld.</summary>
    [Alias("start-capture")]
    Task<CaptureFailure> StartCaptureAsync(CaptureOrder order);

    /// <summary>Asks the agent to stop a capture; true when it was told.</summary>
    [Alias("cancel-capture")]
    Task<bool> CancelCaptureAsync(string captureId, int attempt);

    /// <summary>The capture is over for this host: frees its one place.</summary>
    [Alias("capture-ended")]
    Task CaptureEndedAsync(string captureId, int attempt);
}
