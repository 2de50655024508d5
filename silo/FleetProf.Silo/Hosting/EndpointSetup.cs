using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting;

/// <summary>Two listeners that share nothing: agents speak gRPC over HTTP/2 on one, everything else is HTTP/1.1 on the other.</summary>
internal static class EndpointSetup
{
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
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
            kestrel.Listen(ListenAddress.Parse(options.AgentListen), listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                if (options.AgentCertificate is not null)
                {
                    listener.UseHttps(LoadCertificate(options));
                }
            });
            kestrel.Listen(ListenAddress.Parse(options.HttpListen), listener => listener.Protocols = HttpProtocols.Http1);
        });
    }

    /// <summary>Routes do not know their listener: this keeps metrics and files off the port that agents reach.</summary>
    public static void UseEndpointSeparation(this WebApplication app)
    {
        var agentPort = ListenAddress.Parse(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.AgentListen).Port;
        app.Use((context, next) =>
        {
            var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
            if (isGrpc == (context.Connection.LocalPort == agentPort))
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
