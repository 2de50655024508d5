using System.Net;
using System.Net.Sockets;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Streams files from the silo that holds them; the silo's address and tickets never reach a browser.</summary>
internal sealed class CaptureFileProxy(HttpClient silo)
{
    public IResult Send(CaptureFile file, string downloadName) => new CaptureFileResult(silo, file, downloadName);

    /// <summary>No redirects, no proxy, no cookies: the link is followed exactly as the silo gave it.</summary>
    /// <param name="tls">Of the cluster: it lies below the HTTP of every link. Null: silos are on this host and have none.</param>
    public static HttpClient CreateClient(ClusterTls? tls = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = tls is null ? null : (context, cancellationToken) => ConnectAsync(tls, context.DnsEndPoint, cancellationToken),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        // Whole downloads may take long; a silo that does not even begin to answer is given up by the request's own limit.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static async ValueTask<Stream> ConnectAsync(ClusterTls tls, DnsEndPoint silo, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(silo, cancellationToken);
            return await tls.DialAsync(new NetworkStream(socket, ownsSocket: true), $"{silo.Host}:{silo.Port}", cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
