using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Callers;

/// <summary>
/// Stands before every call on the agent port once enrolment is on: the certificate says who it is, the catalog whether it may. A session that it
/// denies goes on to be refused in the protocol's own words; anything else ends here.
/// </summary>
internal sealed class AgentCallGate(IOptions<EnrolmentOptions> options, EnrolledTable agents, LiveCallers live, AccessLog log, TimeProvider clock) : Interceptor
{
    private const string Step = "call";
    private const string OpenService = "/fleetprof.agent.v1.AgentEnrolment/";
    private const string SessionCall = "/fleetprof.agent.v1.AgentGateway/Session";
    private const string RenewCall = "/fleetprof.agent.v1.AgentRenewal/Renew";

    /// <summary>Far above what an agent does whose link breaks all the time.</summary>
    private const int SessionsPerMinute = 60;
    private const int CallsPerMinute = 1_200;

    private readonly Lock gate = new();
    private readonly MinuteCounts<string> sessions = new(clock);
    private readonly MinuteCounts<string> calls = new(clock);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await GuardAsync(context, async () => response = await continuation(request, context));
        return response!;
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await GuardAsync(context, async () => response = await continuation(requestStream, context));
        return response!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task GuardAsync(ServerCallContext context, Func<Task> call)
    {
        var method = MethodOf(context);
        if (!options.Value.IsOn || method.StartsWith(OpenService, StringComparison.Ordinal))
        {
            await call();
            return;
        }

        using var caller = await AdmitAsync(method, context);
        context.UserState[typeof(AgentCaller)] = caller;
        live.Add(caller);
        try
        {
            await call();
        }
        catch (Exception) when (caller.Denial != AccessReason.None && method != SessionCall)
        {
            throw Refusals.Of(caller.Denial);
        }
        finally
        {
            live.Remove(caller);
        }
    }

    /// <summary>By the method that runs: the path is the client's own spelling, and routes mind neither letter case nor a slash at the end.</summary>
    private static string MethodOf(ServerCallContext context) => context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName
        ?? throw new RpcException(new Status(StatusCode.Unimplemented, "No such method."));

    private async Task<AgentCaller> AdmitAsync(string method, ServerCallContext context)
    {
        var items = context.GetHttpContext().Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is null || !items.TryGetValue(typeof(AgentCertificate), out var known) || known is not AgentCertificate certificate)
        {
            log.Decided(Step, AccessReason.NoCertificate, "", context.Peer);
            throw Refusals.Of(AccessReason.NoCertificate);
        }

        Charge(certificate.AgentId, method, context);
        var (row, reason) = await JudgeAsync(certificate, method, context);
        log.Decided(Step, reason, certificate.AgentId, context.Peer);
        var caller = new AgentCaller(certificate, row?.Labels ?? new Dictionary<string, string>()) { IsRenewing = method == RenewCall };
        caller.Deny(reason);
        if (reason == AccessReason.None || method == SessionCall)
        {
            return caller;
        }

        caller.Dispose();
        throw Refusals.Of(reason);
    }

    /// <exception cref="RpcException">Unavailable: the catalog cannot be asked. Nothing is decided then, and the agent comes back with what it has.</exception>
    private async Task<(EnrolledRow? Row, AccessReason Reason)> JudgeAsync(AgentCertificate certificate, string method, ServerCallContext context)
    {
        try
        {
            var row = await agents.FindAsync(certificate.AgentId, context.CancellationToken);
            return (row, await WeighAsync(certificate, row, method, context));
        }
        catch (Exception exception) when ((method is SessionCall or RenewCall ? Refusals.OfCatalog(exception) : Refusals.OfOutage(exception)) is { } outage)
        {
            throw outage;
        }
    }

    /// <summary>Before anything is read for it, or a place of all agents is taken: one agent that was taken over must not keep the others out.</summary>
    private void Charge(string agentId, string method, ServerCallContext context)
    {
        int before, most;
        lock (gate)
        {
            (var counts, most) = method is SessionCall or RenewCall ? (sessions, SessionsPerMinute) : (calls, CallsPerMinute);
            before = counts.Of(agentId);
            counts.TryAdd(agentId);
        }

        if (before < most)
        {
            return;
        }

        if (before == most)
        {
            log.Decided(Step, AccessReason.TooMany, agentId, context.Peer);
        }
        else
        {
            AccessLog.Counted(Step, AccessReason.TooMany);
        }

        throw new RpcException(new Status(StatusCode.ResourceExhausted, $"This agent has called {most} times within a minute. Try again later."));
    }

    private async Task<AccessReason> WeighAsync(AgentCertificate certificate, EnrolledRow? row, string method, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        if (row is null)
        {
            return AccessReason.UnknownAgent;
        }

        if (EnrolledRow.ReasonOf(row.Standing) is not AccessReason.None and var standing)
        {
            return standing;
        }

        // An upload may still run over the connection of the certificate before.
        var fits = method is SessionCall or RenewCall ? row.Fits(certificate.Serial, now) : row.Knows(certificate.Serial);
        if (!fits && !await IsTakenOverAsync(certificate, row, context))
        {
            await agents.QuarantineAsync(certificate.AgentId, $"A certificate came back that a newer one of the same agent had replaced: the state folder exists twice. Its host was {row.Host}.", AgentRows.AddressOf(context.Peer));
            log.Changed("quarantined agent", certificate.AgentId, "fleetprof");
            return AccessReason.Replaced;
        }

        // The handshake let it in, at most as long as it may be renewed.
        if (now > certificate.ExpiresAt + CertificateForms.ClockSkew && method != RenewCall)
        {
            return AccessReason.Expired;
        }

        if (row.IsNewlyUsed(certificate.Serial))
        {
            await agents.UseAsync(certificate.AgentId, certificate.Serial);
        }

        return AccessReason.None;
    }

    /// <summary>The catalog may have lost the renewal that the agent comes from. Of two silos that notice at once the slower one finds it done.</summary>
    private async Task<bool> IsTakenOverAsync(AgentCertificate certificate, EnrolledRow row, ServerCallContext context)
    {
        if (!row.HasLost(certificate))
        {
            return false;
        }

        if (await agents.TakeOverAsync(row, certificate, AgentRows.AddressOf(context.Peer)))
        {
            log.Changed("took over a renewed certificate that the catalog had lost, of agent", certificate.AgentId, AgentRows.Silo);
            return true;
        }

        return await agents.FindAsync(certificate.AgentId, context.CancellationToken) is { Standing: (long)AgentStanding.Active } newer && newer.Fits(certificate.Serial, clock.GetUtcNow());
    }
}
