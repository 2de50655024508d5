using FleetProf.AgentProtocol;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Access;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Budgets;
using FleetProf.Silo.Gateway.Admission;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>Leads a session from Hello to its end: who is it, may it in, attach, serve, detach.</summary>
internal sealed partial class SessionHost(
    SessionHub hub,
    SessionDirectory directory,
    FrameSinks sinks,
    HoldBoard holds,
    IGrainFactory grains,
    AccessLog access,
    IHostApplicationLifetime lifetime,
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    ILogger<SessionHost> logger)
{
    /// <summary>For an agent whose certificate has ended: what came as far as this may be renewed, which the agent does before it comes again.</summary>
    private const int RenewalSeconds = 30;

    private static readonly string ServerVersion = typeof(SessionHost).Assembly.GetName().Version!.ToString(3);

    /// <exception cref="RpcException">The session was ended by this side; the status says why and what to do.</exception>
    public async Task RunAsync(IAsyncStreamReader<AgentFrame> frames, IServerStreamWriter<ServerFrame> answers, AgentCaller? caller, CancellationToken aborted)
    {
        var hello = await ReadHelloAsync(frames, caller, aborted);
        var receivedAt = clock.GetUtcNow();
        if (ReasonAgainst(hello, caller) is not AccessReason.None and var reason)
        {
            await RefuseAsync(answers, RefusalOf(reason), AccessAdvice.Explain(reason), reason == AccessReason.Expired ? RenewalSeconds : 0);
            return;
        }

        if (Frames.SkewOf(hello.ProtocolVersion, Frames.ProtocolVersion) is { } skew)
        {
            await RefuseAsync(answers, Refusal.Types.Reason.UnsupportedAgent, skew, 0);
            return;
        }

        using var session = new AgentSession(Guid.NewGuid().ToString("n"), Frames.ToHello(hello, caller?.Labels), aborted);
        await using var stopping = lifetime.ApplicationStopping.Register(() => session.End(StatusCode.Unavailable, "The silo is stopping. Reconnect."));
        await using var denial = (caller?.Denied ?? CancellationToken.None).Register(() => session.End(Refusals.StatusOf(caller!.Denial).StatusCode, AccessAdvice.Explain(caller.Denial)));
        directory.Add(session);
        try
        {
            var attachment = await AttachAsync(session, aborted);
            if (attachment.Refusal != AgentRefusal.None)
            {
                await RefuseAsync(answers, (Refusal.Types.Reason)attachment.Refusal, attachment.Message ?? "", attachment.RetryAfterSeconds);
                return;
            }

            sinks.Clock(session.AgentId, hello.ClockUnixMs, receivedAt);
            LogAttached(session.AgentId, session.Hello.HostName, session.Hello.AgentVersion);
            await ServeAsync(session, attachment, frames, answers);
        }
        catch (RpcException) when (caller is { Denial: not AccessReason.None })
        {
            // With the word by which an agent knows that it is shut out.
            throw Refusals.Of(caller.Denial);
        }
        catch (InvalidOperationException) when (aborted.IsCancellationRequested)
        {
            // The connection broke before what was to be said: there is no request any more, and nobody to tell.
        }
        finally
        {
            directory.Remove(session);
            await DetachAsync(session);
        }
    }

    public static async Task RefuseAsync(IServerStreamWriter<ServerFrame> answers, Refusal.Types.Reason reason, string message, int retryAfterSeconds)
    {
        GatewayInstruments.Refused(reason);
        await answers.WriteAsync(new ServerFrame { Refusal = new Refusal { Reason = reason, Message = message, RetryAfterSeconds = (uint)retryAfterSeconds } });
    }

    private async Task<Hello> ReadHelloAsync(IAsyncStreamReader<AgentFrame> frames, AgentCaller? caller, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(options.Value.HelloTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            if (!await frames.MoveNext(either.Token) || frames.Current.BodyCase != AgentFrame.BodyOneofCase.Hello)
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "The first frame of a session must be Hello."));
            }
        }
        catch (InvalidProtocolBufferException)
        {
            throw Malformed();
        }
        catch (Exception exception) when (limit.IsCancellationRequested && exception is not RpcException { StatusCode: StatusCode.InvalidArgument })
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "No Hello arrived in time."));
        }

        var hello = frames.Current.Hello;
        if (caller is not null && hello.AgentId.Length == 0)
        {
            hello.AgentId = caller.AgentId;
        }

        return Frames.ProblemOf(hello, caller is not null) is { } problem
            ? throw new RpcException(new Status(StatusCode.InvalidArgument, $"Hello is malformed: {problem}."))
            : hello;
    }

    private AccessReason ReasonAgainst(Hello hello, AgentCaller? caller)
    {
        if (caller is null || caller.Denial != AccessReason.None)
        {
            return caller?.Denial ?? AccessReason.None;
        }

        if (hello.AgentId == caller.AgentId)
        {
            return AccessReason.None;
        }

        access.Decided("call", AccessReason.OtherIdentity, caller.AgentId, "");
        return AccessReason.OtherIdentity;
    }

    private static Refusal.Types.Reason RefusalOf(AccessReason reason) => reason switch
    {
        AccessReason.Revoked => Refusal.Types.Reason.Revoked,
        AccessReason.Quarantined or AccessReason.Replaced => Refusal.Types.Reason.Quarantined,
        AccessReason.OtherIdentity => Refusal.Types.Reason.OtherIdentity,
        _ => Refusal.Types.Reason.NotAuthorised,
    };

    private async Task<AgentAttachment> AttachAsync(AgentSession session, CancellationToken cancellationToken)
    {
        var reference = await hub.Reference.WaitAsync(cancellationToken);
        var attachment = await grains.GetGrain<IAgentGrain>(session.AgentId)
            .AttachAsync(reference, session.SessionId, session.Hello with { RunningCaptures = session.RunningCaptures, ArmedCaptures = session.ArmedCaptures });
        if (attachment.Refusal == AgentRefusal.None)
        {
            session.IsAttached = true;
            await sinks.Attached(session.AgentId, session.SessionId, cancellationToken);
        }

        return attachment;
    }

    private async Task ServeAsync(AgentSession session, AgentAttachment attachment, IAsyncStreamReader<AgentFrame> frames, IServerStreamWriter<ServerFrame> answers)
    {
        await WelcomeAsync(session, answers);
        session.Pace(directory.PreviewSeconds, directory.ReturnSpreadSeconds);
        var dispatch = new FrameDispatch(session, sinks, grains, token => AttachAgainAsync(session, token), clock, logger) { HandedOut = attachment.HandedOut };
        var (running, writing) = (EndOnFailureAsync(session, dispatch.RunAsync(session.Ended)), EndOnFailureAsync(session, session.WriteAsync(answers)));
        var quota = new FrameQuota(options.Value, clock);
        try
        {
            while (await frames.MoveNext(session.Ended))
            {
                if (frames.Current.BodyCase == AgentFrame.BodyOneofCase.Heartbeat)
                {
                    session.Pace(directory.PreviewSeconds, directory.ReturnSpreadSeconds);
                    session.TellHold(Frames.ToHold(holds.Known));
                }

                await dispatch.PostAsync(frames.Current, session.Ended);
                if (quota.Charge(frames.Current.CalculateSize()) is { Ticks: > 0 } wait)
                {
                    GatewayInstruments.HeldBack();
                    await Task.Delay(wait, clock, session.Ended);
                }
            }

            session.End(StatusCode.OK, "");
        }
        catch (InvalidProtocolBufferException)
        {
            session.End(Malformed().StatusCode, Malformed().Status.Detail);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.InvalidArgument)
        {
            session.End(exception.StatusCode, exception.Status.Detail);
        }
        catch (Exception) when (session.Ended.IsCancellationRequested)
        {
            // The status says why; without one the connection broke.
        }
        finally
        {
            session.End(StatusCode.Cancelled, "The connection broke.");
            await Task.WhenAll(running, writing);
        }

        if (session.EndStatus is { StatusCode: not StatusCode.OK } status)
        {
            throw new RpcException(status);
        }
    }

    private async Task WelcomeAsync(AgentSession session, IServerStreamWriter<ServerFrame> answers)
    {
        // A hold that is placed from here on is told after the welcome.
        var hold = Frames.ToHold(await holds.CurrentAsync());
        var spread = directory.ReturnSpreadSeconds;
        session.WasTold(hold, spread);
        // Before the writer starts: an order may be waiting already, and Welcome comes first.
        await answers.WriteAsync(new ServerFrame
        {
            Welcome = new Welcome
            {
                SessionId = session.SessionId,
                ServerVersion = ServerVersion,
                ClockUnixMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                HeartbeatSeconds = (uint)options.Value.HeartbeatInterval.TotalSeconds,
                Hold = hold,
                KeepWindowsSeconds = (uint)directory.KeepWindowsFor.TotalSeconds,
                ReturnSpreadSeconds = (uint)spread,
            },
        });
    }

    /// <summary>The grain of the agent moved to another silo and knows nothing of this session.</summary>
    private async Task AttachAgainAsync(AgentSession session, CancellationToken cancellationToken)
    {
        var attachment = await AttachAsync(session, cancellationToken);
        if (attachment.Refusal != AgentRefusal.None)
        {
            session.End(StatusCode.Aborted, attachment.Message ?? "Another session of this agent took over.");
        }
    }

    private async Task EndOnFailureAsync(AgentSession session, Task part)
    {
        try
        {
            await part;
        }
        catch (Exception) when (session.Ended.IsCancellationRequested)
        {
            // Ended already.
        }
        catch (Exception exception)
        {
            LogBroken(exception, session.AgentId);
            session.End(StatusCode.Internal, "The session failed in the silo. Reconnect.");
        }
    }

    private async Task DetachAsync(AgentSession session)
    {
        // When the silo stops, all instances are unreachable anyway, and thousands of writes would hold it up.
        if (!session.IsAttached || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return;
        }

        LogDetached(session.AgentId, session.EndStatus?.Detail ?? "");
        // The fleet hears of it though the agent's grain cannot, being on a silo that ends just now.
        await TryAsync(session, () => grains.GetGrain<IAgentGrain>(session.AgentId).DetachAsync(session.SessionId));
        await TryAsync(session, () => (session.IsSuperseded ? sinks.Moved : sinks.Lost)(session.AgentId, session.SessionId, CancellationToken.None));
    }

    private async Task TryAsync(AgentSession session, Func<Task> detach)
    {
        try
        {
            await detach();
        }
        catch (Exception exception)
        {
            LogNotDetached(exception, session.AgentId);
        }
    }

    private static RpcException Malformed() => new(new Status(StatusCode.InvalidArgument, "The frame is no AgentFrame of this protocol."));

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} on {HostName} attached (version {AgentVersion})")]
    private partial void LogAttached(string agentId, string hostName, string agentVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "Agent {AgentId} detached. {Reason}")]
    private partial void LogDetached(string agentId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of the session of agent {AgentId} could not be recorded")]
    private partial void LogNotDetached(Exception exception, string agentId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The session of agent {AgentId} failed")]
    private partial void LogBroken(Exception exception, string agentId);
}
