using System.Net;

namespace FleetProf.Silo.Tests.GcPauses.Otlp;

/// <summary>
/// A proxy of the environment, whose variables are read once per process, so that this stands for them; for one host and port alone, as tests beside this
/// one go their own ways. There is one at a time: tests that have it are of the collection <see cref="InTurn"/>.
/// </summary>
internal sealed class AskedProxy : IWebProxy, IDisposable
{
    public const string InTurn = "proxy of the environment";

    private readonly Uri endpoint;
    private readonly Uri address;
    private readonly IWebProxy before = HttpClient.DefaultProxy;

    /// <param name="endpoint">Which host and port it is for.</param>
    /// <param name="address">Its own.</param>
    public AskedProxy(Uri endpoint, Uri address)
    {
        (this.endpoint, this.address) = (endpoint, address);
        HttpClient.DefaultProxy = this;
    }

    public bool IsAsked { get; private set; }

    public ICredentials? Credentials { get; set; }

    public bool IsBypassed(Uri host) => host.Authority != endpoint.Authority;

    public Uri? GetProxy(Uri destination)
    {
        IsAsked |= !IsBypassed(destination);
        return address;
    }

    public void Dispose() => HttpClient.DefaultProxy = before;
}
