using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Fleet;

/// <summary>The agent streams of one silo. One observer per silo, never per agent.</summary>
[Alias("fleetprof.session-hub")]
public interface ISessionHub : IGrainObserver
{
    /// <summary>Queues the order on the agent's stream. False: that session is not here any more.</summary>
    [Alias("start-capture")]
    Task<bool> StartCaptureAsync(string sessionId, CaptureOrder order);

    /// <summary>False: that session is not here any more.</summary>
    [Alias("cancel-capture")]
    Task<bool> CancelCaptureAsync(string sessionId, string captureId, int attempt);

    /// <summary>Ends a session, because a newer one of the same agent took over.</summary>
    [Alias("disconnect")]
    Task DisconnectAsync(string sessionId, string message);
}
