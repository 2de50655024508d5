using FleetProf.Contracts.Access.Cluster;
using FleetProf.Portal.Access;
using FleetProf.Portal.Connection;
using System.Net;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Hosting;

/// <summary>Reads the portal's settings and reports everything wrong with them at once.</summary>
internal static class PortalOptionsCheck
{
    /// <exception cref="OptionsValidationException">One message per wrong key.</exception>
    public static PortalOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(PortalOptions.Section);
        PortalOptions options;
        try
        {
            options = section.Get<PortalOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new PortalOptions();
        }
        catch (InvalidOperationException malformed)
        {
            throw Failure([$"{PortalOptions.Section}: {malformed.Message}"]);
        }

        var problems = Problems(options).ToArray();
        return problems.Length == 0 ? options : throw Failure(problems);
    }

    /// <exception cref="WrongClockException">The certificate is not valid by this clock.</exception>
    public static void ThrowIfNotNow(PortalOptions options, TimeProvider clock)
    {
        if (options.ClusterTls is { } folder && new ClusterFolder(folder).ClockProblemAt(clock.GetUtcNow()) is { } problem)
        {
            throw new WrongClockException($"{Key(nameof(options.ClusterTls))}: {problem}");
        }
    }

    public static IEnumerable<string> Problems(PortalOptions options)
    {
        if (!Uri.TryCreate(options.Listen, UriKind.Absolute, out var listen) || listen.Scheme is not ("http" or "https") || listen.PathAndQuery != "/")
        {
            yield return $"{Key(nameof(options.Listen))}: '{options.Listen}' is not an address such as http://127.0.0.1:8080.";
        }
        else if (listen.Scheme == "http" && !IsLoopback(listen.Host) && !options.AllowPlainHttp)
        {
            yield return $"{Key(nameof(options.Listen))}: '{options.Listen}' can be reached from other hosts without TLS. "
                + "Use https:// with Kestrel:Certificates:Default:Path and :KeyPath, or listen on 127.0.0.1, "
                + $"or set {Key(nameof(options.AllowPlainHttp))}=true when a proxy in front terminates TLS.";
        }

        if (!string.IsNullOrEmpty(options.PublicUrl) && !IsPublicUrl(options.PublicUrl))
        {
            yield return $"{Key(nameof(options.PublicUrl))}: '{options.PublicUrl}' is not an address such as https://portal.example, with http or https, "
                + "a host that browsers reach, and no path or query: the portal cannot live below a path.";
        }

        if (GatewayAddress.ParseAll(options.SiloGateway) is not { } gateways)
        {
            yield return $"{Key(nameof(options.SiloGateway))}: '{options.SiloGateway}' is not HOST:PORT, for example 127.0.0.1:30000, or several of them separated by commas.";
        }
        else if (options.ClusterTls is null && gateways.FirstOrDefault(gateway => !IsLoopback(gateway.Host)) is { } far)
        {
            yield return $"{Key(nameof(options.SiloGateway))}: {far.Host} is another host, and without TLS anybody on the way could read and change everything. "
                + $"Make certificates with `fleetprof ca cluster --out FOLDER` and set {Key(nameof(options.ClusterTls))} to FOLDER/portal.";
        }

        if (options.ClusterTls is not null && new ClusterFolder(options.ClusterTls).ProblemFor(ClusterRole.Portal) is { } problem)
        {
            yield return $"{Key(nameof(options.ClusterTls))}: {problem}";
        }

        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            yield return $"{Key(nameof(options.DataFolder))}: name a folder that the portal may write to.";
        }

        if (options.LoginAttemptsPerMinute is < 1 or > 1000)
        {
            yield return $"{Key(nameof(options.LoginAttemptsPerMinute))}: {options.LoginAttemptsPerMinute} is not between 1 and 1000.";
        }

        foreach (var limit in LimitProblems(options))
        {
            yield return limit;
        }
    }

    private static IEnumerable<string> LimitProblems(PortalOptions options)
    {
        if (ForwardedAddress.ParseAll(options.TrustedProxies) is null)
        {
            yield return $"{Key(nameof(options.TrustedProxies))}: '{options.TrustedProxies}' is not an address or a network such as 10.0.0.5 or 10.244.7.0/24, "
                + "or several of them separated by commas. A network of all addresses is refused: anybody could pretend to be anybody.";
        }

        if (options.ApiRequestsPerSecond is < 1 or > 10_000)
        {
            yield return $"{Key(nameof(options.ApiRequestsPerSecond))}: {options.ApiRequestsPerSecond} is not between 1 and 10,000.";
        }

        foreach (var problem in options.Oidc.Problems(Key(nameof(options.Oidc))))
        {
            yield return problem;
        }
    }

    private static bool IsPublicUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "", Host: not ("" or "0.0.0.0" or "[::]") };

    private static string Key(string name) => $"{PortalOptions.Section}:{name}";

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static OptionsValidationException Failure(IEnumerable<string> problems) =>
        new(PortalOptions.Section, typeof(PortalOptions), problems);
}
