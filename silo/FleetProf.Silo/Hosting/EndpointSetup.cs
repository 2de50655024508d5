using System.Net;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Gateway.Admission;
using FleetProf.Silo.Hosting.Cluster;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting;

/// <summary>Listeners that share nothing: agents speak gRPC over HTTP/2 on one, hosts join on another, everything else is HTTP/1.1 on the third.</summary>
internal static class EndpointSetup
{
    private const string EnrolmentService = "/fleetprof.agent.v1.AgentEnrolment";

    public static void AddEndpoints(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseUrls();
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
        {
            // Building the host already asks for the server; what is wrong with the options is reported right after that, all at once.
            if (StartupProblems.OfOptions(kestrel.ApplicationServices).Count > 0)
            {
                return;
            }

            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<SiloOptions>>().Value;
            kestrel.AddServerHeader = false;
            // As agents have it (SiloChannel): a host that is gone sends nothing, not even an end, and both ends are to notice within 45 s.
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            var enrolment = kestrel.ApplicationServices.GetRequiredService<IOptions<EnrolmentOptions>>().Value;
            kestrel.Listen(ListenAddress.Parse(options.AgentListen), listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                if (enrolment.IsOn)
                {
                    listener.UseAgentTls();
                }
                else if (options.AgentCertificate is not null)
                {
                    listener.UseHttps(LoadCertificate(options));
                }
            });
            if (enrolment.IsOn)
            {
                kestrel.Listen(ListenAddress.Parse(enrolment.Listen!), listener =>
                {
                    listener.Protocols = HttpProtocols.Http2;
                    listener.UseEnrolmentTls();
                });
            }

            kestrel.Listen(ListenAddress.Parse(options.HttpListen), listener => listener.Protocols = HttpProtocols.Http1);
            if (options.ClusterTls is { } cluster)
            {
                var tls = new ClusterTls(
                    new ClusterFolder(cluster), kestrel.ApplicationServices.GetRequiredService<TimeProvider>(), kestrel.ApplicationServices.GetRequiredService<ClusterRefusals>().Tell);
                kestrel.Listen(IPAddress.Parse(options.ClusterAddress), options.FilesPort, listener =>
                {
                    listener.Protocols = HttpProtocols.Http1;
                    tls.Accept(listener, ClusterRole.Portal);
                });
            }
        });
    }

    /// <summary>Mutual TLS for agents, with as many handshakes as the silo can bear.</summary>
    public static void UseAgentTls(this ListenOptions listener)
    {
        var gate = listener.ApplicationServices.GetRequiredService<HandshakeGate>();
        listener.Use(gate.Enter);
        listener.UseHttps(AgentTls.For(listener.ApplicationServices, requiresCertificate: true));
        listener.Use(HandshakePlace.Leave);
    }

    /// <summary>TLS for hosts that join, with bounds of its own: anybody reaches this port, and what he costs there agents must not pay for.</summary>
    public static void UseEnrolmentTls(this ListenOptions listener)
    {
        var gate = listener.ApplicationServices.GetRequiredService<EnrolmentGate>();
        listener.Use(gate.Enter);
        listener.UseHttps(AgentTls.For(listener.ApplicationServices, requiresCertificate: false));
        listener.Use(HandshakePlace.Leave);
    }

    /// <summary>Routes do not know their listener: this keeps metrics and files off the port that agents reach.</summary>
    public static void UseEndpointSeparation(this WebApplication app)
    {
        var agentPort = ListenAddress.Parse(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.AgentListen).Port;
        var enrolment = app.Services.GetRequiredService<IOptions<EnrolmentOptions>>().Value;
        int? enrolmentPort = enrolment.IsOn ? ListenAddress.Parse(enrolment.Listen!).Port : null;
        app.Use((context, next) =>
        {
            var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
            var isEnrolment = context.Request.Path.StartsWithSegments(EnrolmentService);
            var port = context.Connection.LocalPort;
            if (port == agentPort ? isGrpc && !isEnrolment : port == enrolmentPort ? isGrpc && isEnrolment : !isGrpc)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <exception cref="System.Security.Cryptography.CryptographicException">The files hold no certificate with its private key.</exception>
    public static X509Certificate2 LoadCertificate(SiloOptions options) =>
        Path.GetExtension(options.AgentCertificate) is ".pfx" or ".p12"
            ? X509CertificateLoader.LoadPkcs12FromFile(options.AgentCertificate!, password: null)
            : X509Certificate2.CreateFromPemFile(options.AgentCertificate!, options.AgentCertificateKey);
}
