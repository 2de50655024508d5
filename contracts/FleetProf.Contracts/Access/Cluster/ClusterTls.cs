using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace FleetProf.Contracts.Access.Cluster;

/// <summary>
/// Mutual TLS 1.3 between silos and portals, as a layer of Orleans' connections. Each end shows a certificate of the cluster and lets in
/// the roles that it expects and nobody else; host names say nothing, because a cluster's members move.
/// </summary>
/// <param name="folder">Read for every handshake.</param>
/// <param name="clock">Decides about validity.</param>
/// <param name="refused">Told of every peer that is not let in, with the reason.</param>
public sealed class ClusterTls(ClusterFolder folder, TimeProvider clock, Action<string> refused)
{
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private ClusterCredential? dialling;

    /// <summary>For a listener: whoever connects is one of these.</summary>
    public void Accept(IConnectionBuilder connections, params IReadOnlyList<ClusterRole> roles) =>
        connections.Use(next => context => RunAsync(context, next, (stream, cancellationToken) => AcceptAsync(stream, $"{context.RemoteEndPoint}", roles, cancellationToken)));

    /// <summary>For whoever dials: at the other end is a silo.</summary>
    public void Dial(IConnectionBuilder connections) =>
        connections.Use(next => context => RunAsync(context, next, (stream, cancellationToken) => DialAsync(stream, $"{context.RemoteEndPoint}", cancellationToken)));

    /// <summary>The same over a stream of one's own, which the result owns.</summary>
    /// <param name="wire">Connected.</param>
    /// <param name="peer">Who is dialled, for logs.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <exception cref="AuthenticationException">At the other end is no silo of this cluster.</exception>
    public async Task<Stream> DialAsync(Stream wire, string peer, CancellationToken cancellationToken)
    {
        var tls = new SslStream(wire);
        try
        {
            await DialAsync(tls, peer, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async Task AcceptAsync(SslStream stream, string peer, IReadOnlyList<ClusterRole> roles, CancellationToken cancellationToken)
    {
        using var credential = folder.Read();
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = credential.Context(),
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowRenegotiation = false,
                // A resumed session would bring an identity that was not looked at again.
                AllowTlsResume = false,
                CertificateChainPolicy = credential.PolicyAt(clock.GetUtcNow(), ClientUsage),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsWanted(credential, certificate as X509Certificate2, chain, peer, ClientUsage, roles),
            },
            cancellationToken);
    }

    private async Task DialAsync(SslStream stream, string peer, CancellationToken cancellationToken)
    {
        var credential = ToDial();
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificateContext = credential.Context(),
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowRenegotiation = false,
                AllowTlsResume = false,
                CertificateChainPolicy = credential.PolicyAt(clock.GetUtcNow(), ServerUsage),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsWanted(credential, certificate as X509Certificate2, chain, peer, ServerUsage, [ClusterRole.Silo]),
            },
            cancellationToken);
    }

    /// <summary>
    /// The same as long as the files say the same: of the issuers of whoever dials, TLS loses a reference with each connection that the other end closes first, so
    /// that each context of its own would cost some kilobytes for good. What is replaced may still be in use, and is left to the collector.
    /// </summary>
    private ClusterCredential ToDial()
    {
        var read = folder.Read();
        lock (gate)
        {
            if (dialling?.IsSame(read) != true)
            {
                return dialling = read;
            }

            read.Dispose();
            return dialling;
        }
    }

    private bool IsWanted(
        ClusterCredential credential, X509Certificate2? certificate, X509Chain? chain, string peer, string usage, IReadOnlyList<ClusterRole> roles)
    {
        var between = new X509Certificate2Collection(chain?.ChainElements.Select(element => element.Certificate).ToArray() ?? []);
        var name = certificate is null ? null : ClusterName.Of(certificate);
        var problem = certificate switch
        {
            null => "it shows no certificate",
            _ when name is null => "its certificate is of no silo and no portal",
            _ when !credential.IsTrusted(certificate, between, clock.GetUtcNow(), usage) => $"the certificate of {name} is not of this cluster's authority, or not valid now",
            _ when !roles.Contains(name.Role) => $"{name} has no business here",
            _ => null,
        };
        if (problem is not null)
        {
            refused($"{peer}: {problem}");
        }

        return problem is null;
    }

    private async Task RunAsync(ConnectionContext context, ConnectionDelegate next, Func<SslStream, CancellationToken, Task> shakeHands)
    {
        var plain = context.Transport;
        var wire = new DuplexStream(plain);
        await using var tls = new SslStream(wire, leaveInnerStreamOpen: true);
        try
        {
            using var limit = new CancellationTokenSource(HandshakeLimit);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.ConnectionClosed);
            await shakeHands(tls, either.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            refused($"{context.RemoteEndPoint}: no TLS of the cluster was agreed on ({exception.Message})");
            throw new IOException($"No TLS of the cluster was agreed on with {context.RemoteEndPoint}: {exception.Message}", exception);
        }

        context.Transport = new TlsPipe(PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true)), PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true)));
        try
        {
            await next(context);
        }
        finally
        {
            context.Transport = plain;
        }
    }

    private sealed record TlsPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
