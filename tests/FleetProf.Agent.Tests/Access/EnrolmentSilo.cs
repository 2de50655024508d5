using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Tests.Access;

/// <summary>The enrolment and renewal half of a silo, over TLS with a certificate that the test chooses, or without TLS.</summary>
internal sealed class EnrolmentSilo : IAsyncDisposable
{
    private readonly WebApplication app;

    private EnrolmentSilo(WebApplication app, State state) => (this.app, Received) = (app, state);

    public State Received { get; }

    public string Address => app.Urls.Single();

    public static async Task<EnrolmentSilo> StartAsync(State state, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(state);
        var app = builder.Build();
        app.MapGrpcService<Enrolments>();
        app.MapGrpcService<RenewalsOf>();
        await app.StartAsync();
        return new EnrolmentSilo(app, state);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public sealed class State
    {
        public List<byte[]> Roots { get; } = [];

        public List<EnrolRequest> Requests { get; } = [];

        public int Renewals { get; private set; }

        public Func<EnrolRequest, EnrolReply> Enrol { get; set; } = _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "not prepared"));

        public Func<RenewRequest, EnrolReply> Renew { get; set; } = _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "not prepared"));

        public EnrolReply OnEnrol(EnrolRequest request)
        {
            lock (Requests) Requests.Add(request);
            return Enrol(request);
        }

        public EnrolReply OnRenew(RenewRequest request)
        {
            Renewals++;
            return Renew(request);
        }
    }

    private sealed class Enrolments(State state) : AgentEnrolment.AgentEnrolmentBase
    {
        public override Task<RootsReply> FetchRoots(RootsRequest request, ServerCallContext context)
        {
            var reply = new RootsReply();
            reply.Roots.Add(state.Roots.Select(root => ByteString.CopyFrom(root)));
            return Task.FromResult(reply);
        }

        public override Task<EnrolReply> Enrol(EnrolRequest request, ServerCallContext context) => Task.FromResult(state.OnEnrol(request));
    }

    private sealed class RenewalsOf(State state) : AgentRenewal.AgentRenewalBase
    {
        public override Task<EnrolReply> Renew(RenewRequest request, ServerCallContext context) => Task.FromResult(state.OnRenew(request));
    }
}
