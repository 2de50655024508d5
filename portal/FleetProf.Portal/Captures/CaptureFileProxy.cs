using FleetProf.Contracts.Captures;

namespace FleetProf.Portal.Captures;

/// <summary>Streams files from the silo that holds them; the silo's address and tickets never reach a browser.</summary>
internal sealed class CaptureFileProxy(HttpClient silo)
{
    public IResult Send(CaptureFile file, string downloadName) => new CaptureFileResult(silo, file, downloadName);

    /// <summary>No redirects, no proxy, no cookies: the link is followed exactly as the silo gave it.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
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
}
