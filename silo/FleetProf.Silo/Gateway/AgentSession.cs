using System.Collections.Concurrent;
using System.Threading.Channels;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Fleet;
using Grpc.Core;

namespace FleetProf.Silo.Gateway;

/// <summary>One stream of an agent: what goes out, what it captures, and why it ended.</summary>
internal sealed class AgentSession : IDisposable
{
    /// <summary>Orders and acknowledgements are small and few: an agent that lets so many wait does not read any more.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<ServerFrame> outgoing = Channel.CreateBounded<ServerFrame>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>What runs, and whether it waits for a pause.</summary>
    private readonly ConcurrentDictionary<string, bool> running;
    private readonly CancellationTokenSource ending;
    private readonly Lock gate = new();
    private bool isDisposed;
    private Hold? told;

    /// <summary>What agents do that are not told.</summary>
    private int previewSeconds = 1;
    private int returnSpreadSeconds;

    /// <param name="sessionId">New for every stream.</param>
    /// <param name="hello">Who it is.</param>
    /// <param name="aborted">The connection is gone.</param>
    public AgentSession(string sessionId, AgentHello hello, CancellationToken aborted)
    {
        SessionId = sessionId;
        Hello = hello;
        running = new(hello.RunningCaptures.Select(key => KeyValuePair.Create(key, hello.ArmedCaptures.Contains(key))), StringComparer.Ordinal);
        ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Ended = ending.Token;
    }

    public string SessionId { get; }

    public AgentHello Hello { get; }

    public string AgentId => Hello.AgentId;

    /// <summary>Cancelled when the stream must end, or has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why this side ended it; null when it did not.</summary>
    public Status? EndStatus { get; private set; }

    /// <summary>It has spoken for its agent.</summary>
    public bool IsAttached { get; set; }

    /// <summary>Another session speaks for the agent now.</summary>
    public bool IsSuperseded { get; private set; }

    /// <summary>"captureId#attempt" that the agent was told to run and has not reported.</summary>
    public IReadOnlyList<string> RunningCaptures => [.. running.Keys];

    /// <summary>Those of them that wait for a pause.</summary>
    public IReadOnlyList<string> ArmedCaptures => [.. running.Where(capture => capture.Value).Select(capture => capture.Key)];

    /// <summary>False when the session has ended; one whose agent does not read ends by it.</summary>
    public bool TrySend(ServerFrame frame)
    {
        if (Ended.IsCancellationRequested)
        {
            return false;
        }

        if (outgoing.Writer.TryWrite(frame))
        {
            return true;
        }

        End(StatusCode.ResourceExhausted, $"The agent left {MostWaiting} frames unread. Reconnect.");
        return false;
    }

    /// <summary>Tells how often previews are wanted, and over how long a lost fleet spreads its return, where either has changed. Of one caller at a time.</summary>
    public void Pace(int seconds, int spread)
    {
        if ((seconds, spread) != (previewSeconds, returnSpreadSeconds))
        {
            (previewSeconds, returnSpreadSeconds) = (seconds, spread);
            TrySend(new ServerFrame { Pace = new Pace { PreviewSeconds = (uint)seconds, ReturnSpreadSeconds = (uint)spread } });
        }
    }

    /// <summary>Tells what may not be captured, where that has changed since the agent was told last. Thread-safe.</summary>
    public void TellHold(Hold hold)
    {
        lock (gate)
        {
            if (told is null || told.Equals(hold) || !TrySend(new ServerFrame { Hold = hold }))
            {
                return;
            }

            told = hold;
        }
    }

    /// <summary>The welcome says both, which goes out before anything else.</summary>
    public void WasTold(Hold hold, int spread)
    {
        returnSpreadSeconds = spread;
        lock (gate)
        {
            told = hold;
        }
    }

    public void CaptureBegins(string key, bool isArmed) => running[key] = isArmed;

    public void CaptureEnded(string key) => running.TryRemove(key, out _);

    public void Supersede(string message)
    {
        IsSuperseded = true;
        End(StatusCode.Aborted, message);
    }

    /// <summary>Ends the stream; the first reason counts.</summary>
    public void End(StatusCode code, string message)
    {
        lock (gate)
        {
            EndStatus ??= new Status(code, message);
            if (!isDisposed)
            {
                // Not in this call: what is cancelled must not run on the caller's stack.
                _ = ending.CancelAsync();
            }
        }
    }

    /// <summary>Writes what is sent, in order, until the session ends.</summary>
    public async Task WriteAsync(IServerStreamWriter<ServerFrame> stream)
    {
        await foreach (var frame in outgoing.Reader.ReadAllAsync(Ended))
        {
            await stream.WriteAsync(frame, Ended);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            ending.Dispose();
        }
    }
}
