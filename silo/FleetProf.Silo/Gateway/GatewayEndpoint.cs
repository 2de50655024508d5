using FleetProf.AgentProtocol;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Gateway.Admission;
using Grpc.Core;

namespace FleetProf.Silo.Gateway;

/// <summary>The gRPC service that agents call; the only thing they reach.</summary>
[BindServiceMethod(typeof(GatewayBinder), nameof(GatewayBinder.Bind))]
internal sealed class GatewayEndpoint(SessionHost sessions, AdmissionLimit admission, UploadLimit places, UploadIntake uploads) : AgentGateway.AgentGatewayBase
{
    public override async Task Session(IAsyncStreamReader<AgentFrame> requestStream, IServerStreamWriter<ServerFrame> responseStream, ServerCallContext context)
    {
        if (!admission.TryEnter(out var retryAfterSeconds))
        {
            await SessionHost.RefuseAsync(responseStream, Refusal.Types.Reason.Overloaded, "Too many agents connect at once. Come back later.", retryAfterSeconds);
            return;
        }

        try
        {
            await sessions.RunAsync(requestStream, responseStream, AgentCaller.Of(context), context.CancellationToken);
        }
        finally
        {
            admission.Leave();
        }
    }

    public override Task<UploadStatus> BeginUpload(UploadOffer request, ServerCallContext context) => uploads.BeginAsync(request, Charged(context)?.AgentId, context.CancellationToken);

    public override async Task Upload(IAsyncStreamReader<UploadChunk> requestStream, IServerStreamWriter<UploadStatus> responseStream, ServerCallContext context)
    {
        var caller = AgentCaller.Of(context);
        using var place = places.Enter(caller?.AgentId ?? context.Peer, requestStream);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, caller?.Denied ?? CancellationToken.None);
        await uploads.ReceiveAsync(place, responseStream, caller?.AgentId, ended.Token);
    }

    public override Task<UploadStatus> CompleteUpload(UploadOffer request, ServerCallContext context) => uploads.CompleteAsync(request, Charged(context)?.AgentId, context.CancellationToken);

    /// <summary>Who calls, and has a call less now.</summary>
    private AgentCaller? Charged(ServerCallContext context)
    {
        var caller = AgentCaller.Of(context);
        places.Charge(caller?.AgentId ?? context.Peer);
        return caller;
    }
}
