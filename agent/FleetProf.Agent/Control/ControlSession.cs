using FleetProf.Agent.Access;
using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Reason = FleetProf.AgentProtocol.Refusal.Types.Reason;

namespace FleetProf.Agent.Control;

/// <summary>One stream to the silo, from Hello to its end.</summary>
internal sealed partial class ControlSession(
    SiloChannel channel, HelloFrame hello, ControlOutbox outbox, VitalsSpool spool, InstanceDirectory directory, CaptureDesk desk, CaptureHolds holds, TimeProvider time, ILogger<ControlSession> logger)
{
    /// <summary>Trailer of a session, or of another call, that the silo refused because of who this agent is.</summary>
    internal const string ReasonTrailer = "fleetprof-reason";

    private static readonly TimeSpan WelcomeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    /// <summary>What the silo that let this agent in wants of those who lose it; zero where it said nothing.</summary>
    public TimeSpan ReturnSpread { get; private set; }

    /// <summary>The next session is with the next of several silos.</summary>
    public void MoveOn() => channel.MoveOn();

    /// <summary>Runs until the stream ends, or until <paramref name="stop"/>, after which what waits is still sent for a moment.</summary>
    public async Task<SessionEnd> RunAsync(CancellationToken stop)
    {
        using var abort = new CancellationTokenSource();
        var wasWelcome = false;
        // What an upload or a renewal was told while the session before was in: it has its own wait, and this one has none yet.
        channel.Notice.Take();
        try
        {
            using var call = channel.Client.Session(cancellationToken: abort.Token);
            var first = await GreetAsync(call, stop);
            if (first.BodyCase == ServerFrame.BodyOneofCase.Refusal) return Refused(first.Refusal);
            if (first.BodyCase != ServerFrame.BodyOneofCase.Welcome) return new SessionEnd(false, null, "The silo answered with something else than a welcome.");
            wasWelcome = true;
            LogConnected(channel.Address, first.Welcome.ServerVersion);
            ReturnSpread = TimeSpan.FromSeconds(first.Welcome.ReturnSpreadSeconds);
            outbox.Open();
            // Before anything is read: an order that comes next must not begin.
            holds.Connected(first.Welcome.Hold);
            desk.ObeyHolds();
            desk.OnConnected();
            return new SessionEnd(true, null, await ConverseAsync(call, first.Welcome, abort, stop));
        }
        catch (RpcException) when (!wasWelcome && channel.Notice.Take() is { } wait)
        {
            var end = SessionEnd.NoRoom(channel.Address, wait);
            return stop.IsCancellationRequested ? end with { Reason = "" } : end;
        }
        catch (RpcException error)
        {
            if (error.Trailers.GetValue(ReasonTrailer) is nameof(Reason.Revoked) or nameof(Reason.Quarantined) or "Replaced") desk.CancelAll(error.Status.Detail);
            return stop.IsCancellationRequested ? new SessionEnd(wasWelcome, null, "") : Explain(error, wasWelcome);
        }
        catch (OperationCanceledException)
        {
            return new SessionEnd(wasWelcome, null, stop.IsCancellationRequested ? "" : $"The silo at {channel.Address} did not answer within {WelcomeLimit.TotalSeconds:0} s.");
        }
        catch (Exception error)
        {
            // A disk that fails or a silo that talks nonsense costs this session, not the watch over the host.
            LogFault(error);
            return new SessionEnd(wasWelcome, null, stop.IsCancellationRequested ? "" : $"The session failed inside the agent: {error.Message}");
        }
        finally
        {
            outbox.Close();
            holds.Disconnected(SiloChannel.LongestUnnoticed);
            await abort.CancelAsync();
        }
    }

    private async Task<ServerFrame> GreetAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(WelcomeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        // A stream whose beginning is cancelled gives the token's exception or a Cancelled status, by chance.
        try
        {
            await SayHelloAsync(call, either.Token);
            return await call.ResponseStream.MoveNext(either.Token) ? call.ResponseStream.Current : new ServerFrame();
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Cancelled && either.IsCancellationRequested)
        {
            throw new OperationCanceledException(either.Token);
        }
    }

    private async Task SayHelloAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.SendAsync(hello.Create(), cancellationToken);
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            // A silo that is full refuses before it reads, and its end of the stream breaks this write: what it said, with how long to stay away, is there to be read.
        }
    }

    private async Task<string> ConverseAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, Welcome welcome, CancellationTokenSource abort, CancellationToken stop)
    {
        // A cancelled read or write ends the whole call, so that nothing can be said after it: stopping only ends the writer's waits.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(abort.Token);
        using var finish = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        var writer = new SessionWriter(call.RequestStream, outbox, spool, directory, time, logger);
        var reading = ReadAsync(call.ResponseStream, writer, ended.Token);
        var writing = writer.RunAsync(TimeSpan.FromSeconds(welcome.HeartbeatSeconds), TimeSpan.FromSeconds(welcome.KeepWindowsSeconds), finish.Token, ended.Token);
        // A silo that does not read holds a write up.
        var first = await Task.WhenAny(reading, writing, LingerAsync(stop, ended.Token));
        if (stop.IsCancellationRequested && first == writing && writing.IsCompletedSuccessfully) await SayGoodbyeAsync(call, writer, reading);
        // The silo's end of the stream breaks writes too, perhaps before it is read.
        if (first == writing && writing.Exception?.InnerException is RpcException) first = await Task.WhenAny(reading, Task.Delay(GoodbyeLimit, time, ended.Token));
        await ended.CancelAsync();
        try
        {
            // Where the silo ended the stream it said why, which counts more than what that did to a write.
            if (first == reading) await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else await writing;
            await reading;
            return stop.IsCancellationRequested ? "" : "The silo closed the session.";
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return stop.IsCancellationRequested ? "" : writer.Complaint.Length > 0 ? writer.Complaint : "The session was cut.";
        }
    }

    private async Task LingerAsync(CancellationToken stop, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await Task.Delay(GoodbyeLimit, time, ended).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Sends what is finished by now, ends our side and waits for the end of the other: a call that is dropped takes along what the silo has not read.</summary>
    private async Task SayGoodbyeAsync(AsyncDuplexStreamingCall<AgentFrame, ServerFrame> call, SessionWriter writer, Task reading)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit, time);
        try
        {
            await writer.WriteTheRestAsync(limit.Token);
            await call.RequestStream.CompleteAsync().WaitAsync(limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // It is kept, and sent by the next agent.
            LogNoGoodbye(error.Message);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<ServerFrame> stream, SessionWriter writer, CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            holds.Heard();
            var frame = stream.Current;
            switch (frame.BodyCase)
            {
                case ServerFrame.BodyOneofCase.VitalsAck:
                    spool.Acknowledge(frame.VitalsAck.Sequence);
                    writer.OnAcknowledged(frame.VitalsAck.Sequence);
                    break;
                case ServerFrame.BodyOneofCase.StartCapture:
                    desk.Accept(frame.StartCapture);
                    break;
                case ServerFrame.BodyOneofCase.CancelCapture:
                    desk.Cancel(frame.CancelCapture);
                    break;
                case ServerFrame.BodyOneofCase.Hold:
                    holds.Told(frame.Hold);
                    desk.ObeyHolds();
                    break;
                case ServerFrame.BodyOneofCase.ResultAck:
                    desk.Acknowledge(frame.ResultAck);
                    break;
                case ServerFrame.BodyOneofCase.Pace:
                    outbox.SetPace(TimeSpan.FromSeconds(frame.Pace.PreviewSeconds));
                    if (frame.Pace.ReturnSpreadSeconds > 0) ReturnSpread = TimeSpan.FromSeconds(frame.Pace.ReturnSpreadSeconds);
                    break;
                case ServerFrame.BodyOneofCase.Refusal:
                    LogSentAway(frame.Refusal.Message);
                    Refused(frame.Refusal);
                    return;
                default:
                    // A newer silo may say things that this agent does not know.
                    break;
            }
        }
    }

    /// <summary>What a silo asked for goes on while it is away, but not once it has shut this agent out.</summary>
    private SessionEnd Refused(Refusal refusal)
    {
        if (refusal.Reason is Reason.Revoked or Reason.Quarantined) desk.CancelAll(refusal.Message);
        return new SessionEnd(false, refusal, refusal.Message);
    }

    private SessionEnd Explain(RpcException error, bool wasWelcome)
    {
        if (!wasWelcome && channel.Enrolment is { } enrolment && HandshakeProblem.Of(error, enrolment, time) is { } problem)
            return new SessionEnd(false, null, $"TLS with the silo at {channel.Address} failed. {problem.Text}") { Topic = $"{channel.Address} {problem.Fault}" };
        var status = error.Status;
        return new SessionEnd(wasWelcome, null, status.StatusCode == StatusCode.Unavailable
            ? $"The silo at {channel.Address} cannot be reached ({status.Detail})."
            : $"The silo at {channel.Address} ended the session: {status.StatusCode}, {status.Detail}") { IsTooOften = status.StatusCode == StatusCode.ResourceExhausted };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the silo at {Address} (version {Version})")]
    private partial void LogConnected(Uri address, string version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo ended the session: {Message}")]
    private partial void LogSentAway(string message);

    [LoggerMessage(Level = LogLevel.Error, Message = "The session to the silo failed inside the agent")]
    private partial void LogFault(Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The session ended before everything was sent: {Reason}")]
    private partial void LogNoGoodbye(string reason);
}
