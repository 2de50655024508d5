using System.Net;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>Where a Go program serves net/http/pprof, and how it is asked: at 127.0.0.1 only, through no proxy, following no redirect.</summary>
internal static class PprofAddress
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <param name="port">On 127.0.0.1.</param>
    /// <param name="profileAndQuery">For example "heap?debug=1".</param>
    public static Uri Of(int port, string profileAndQuery) => new($"http://{IPAddress.Loopback}:{port}/debug/pprof/{profileAndQuery}");

    /// <summary>The caller bounds times and sizes.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = ConnectLimit }) { Timeout = Timeout.InfiniteTimeSpan };
}
