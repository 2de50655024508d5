using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Control;

/// <summary>Keeps a session to the silo, for as long as the agent runs.</summary>
internal sealed partial class ControlLoop(ControlSession session, ReconnectDelay delay, ControlOutbox outbox, InstanceDirectory directory, TimeProvider time, ILogger<ControlLoop> logger)
{
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);
    private string lastTopic = "";

    /// <param name="prepare">Done before each session. Why there is none to be had yet; null: there is.</param>
    /// <param name="cancellationToken">Ends the session and the loop.</param>
    public async Task RunAsync(Func<CancellationToken, Task<SessionEnd?>> prepare, CancellationToken cancellationToken)
    {
        directory.Changed += outbox.MarkInventory;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var hindrance = await prepare(cancellationToken);
                var started = time.GetTimestamp();
                var end = hindrance ?? await session.RunAsync(cancellationToken);
                if (cancellationToken.IsCancellationRequested) return;
                // A silo that says what is wrong with this agent would say the same elsewhere, and one that keeps a place for it expects it.
                if (end.ReturnAfter is null && end.Refusal is null or { Reason: Refusal.Types.Reason.Overloaded }) session.MoveOn();
                if (end.WasWelcome && time.GetElapsedTime(started) > StableAfter) delay.Reset();
                delay.Spread(session.ReturnSpread);
                await Task.Delay(Tell(end), time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            directory.Changed -= outbox.MarkInventory;
        }
    }

    private TimeSpan Tell(SessionEnd end)
    {
        if (end.Refusal is { } refusal)
        {
            var wait = delay.After(refusal.RetryAfterSeconds);
            LogRefused(refusal.Reason, refusal.Message, wait.TotalSeconds);
            return wait;
        }
        var pause = end.ReturnAfter is { } wanted ? delay.After(wanted) : end.IsTooOften ? delay.AfterTooOften() : delay.Next();
        // A silo that is away for a night fills no log: the same reason is said once.
        var topic = end.Topic ?? end.Reason;
        if (end.WasWelcome || topic != lastTopic) LogLost(end.Reason, pause.TotalSeconds);
        lastTopic = end.WasWelcome ? "" : topic;
        return pause;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Trying again in {Seconds:0.0} s; vitals are kept")]
    private partial void LogLost(string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The silo refused this agent ({Reason}): {Message} Trying again in {Seconds:0} s")]
    private partial void LogRefused(Refusal.Types.Reason reason, string message, double seconds);
}
