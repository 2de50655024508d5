using FleetProf.AgentProtocol;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Gateway.Agents;

namespace FleetProf.Silo.Gateway;

/// <summary>Brings what grains tell agents to the streams of this silo. Never waits, since messages come to it one at a time. Thread-safe: grains of this silo call it themselves.</summary>
internal sealed class SessionHub : ISessionHub
{
    private readonly SessionDirectory sessions;
    private readonly HoldBoard holds;
    private readonly TaskCompletionSource<ISessionHub> reference = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionHub(SessionDirectory sessions, HoldBoard holds)
    {
        (this.sessions, this.holds) = (sessions, holds);
        holds.Changed += TellHolds;
    }

    /// <summary>What grains call it by; there is one once the host has started.</summary>
    public Task<ISessionHub> Reference => reference.Task;

    /// <summary>Orleans keeps observers weakly: the container, which owns this one, keeps it alive.</summary>
    public void Publish(IGrainFactory grains) => reference.TrySetResult(grains.CreateObjectReference<ISessionHub>(this));

    /// <summary>Whether the session is of this silo and has not ended.</summary>
    public bool Has(string sessionId) => sessions.Find(sessionId) is not null;

    public Task<bool> StartCaptureAsync(string sessionId, CaptureOrder order)
    {
        var session = sessions.Find(sessionId);
        session?.CaptureBegins(CapturePlace.Key(order.CaptureId, order.Attempt), order.WhenPauseOverMs is not null);
        return Send("start", session, new ServerFrame { StartCapture = Frames.ToStart(order) });
    }

    public Task<bool> CancelCaptureAsync(string sessionId, string captureId, int attempt) =>
        Send("cancel", sessions.Find(sessionId), new ServerFrame { CancelCapture = new CancelCapture { CaptureId = captureId, Attempt = (uint)attempt } });

    public Task DisconnectAsync(string sessionId, string message)
    {
        sessions.Find(sessionId)?.Supersede(message);
        return Task.CompletedTask;
    }

    private void TellHolds()
    {
        var frame = Frames.ToHold(holds.Known);
        foreach (var session in sessions.All)
        {
            session.TellHold(frame);
        }
    }

    private static Task<bool> Send(string kind, AgentSession? session, ServerFrame frame)
    {
        var isSent = session?.TrySend(frame) ?? false;
        GatewayInstruments.Ordered(kind, isSent);
        return Task.FromResult(isSent);
    }
}
