using System.Net;
using System.Security.Cryptography;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting;

/// <summary>Checks all of FleetProf:Silo at once; every message names its key.</summary>
internal sealed class SiloOptionsValidation(IConfiguration configuration) : IValidateOptions<SiloOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var enrolment = configuration.GetSection(EnrolmentOptions.Section)[nameof(EnrolmentOptions.Listen)];
        List<string> problems = [.. UnknownKeys(), .. Database(options), .. Listeners(options, enrolment), .. Ports(options, enrolment), .. Cluster(options), .. Files(options)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> UnknownKeys()
    {
        var known = typeof(SiloOptions).GetProperties().Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return configuration.GetSection(SiloOptions.Section).GetChildren()
            .Where(child => !known.Contains(child.Key))
            .Select(child => $"{child.Path} is no option of the silo. Known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    private static IEnumerable<string> Database(SiloOptions options)
    {
        if (DatabaseOption.ProblemOf(options) is { } problem)
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Listeners(SiloOptions options, string? enrolment)
    {
        if (!ListenAddress.TryParse(options.AgentListen, out var agents))
        {
            yield return Malformed(nameof(SiloOptions.AgentListen), options.AgentListen);
        }
        else if (!IPAddress.IsLoopback(agents.Address) && string.IsNullOrEmpty(enrolment))
        {
            yield return $"{Key(nameof(SiloOptions.AgentListen))} = {options.AgentListen} is reachable from other hosts, and would take anybody for an agent. "
                + $"Set {EnrolmentKey}, for example to 0.0.0.0:7444, so that agents join and come with certificates; or listen on 127.0.0.1.";
        }
        else if (IPAddress.IsLoopback(agents.Address) && ListenAddress.TryParse(enrolment, out var joining) && !IPAddress.IsLoopback(joining.Address))
        {
            yield return $"{Key(nameof(SiloOptions.AgentListen))} = {options.AgentListen} is reachable from this host alone, and hosts that join at {EnrolmentKey} = {enrolment} would be sent to a port that refuses them. "
                + "Set it to an address that they reach, for example 0.0.0.0:7443; or let both listen on 127.0.0.1.";
        }

        if (options.AgentCertificate is not null && !string.IsNullOrEmpty(enrolment))
        {
            yield return $"{Key(nameof(SiloOptions.AgentCertificate))} and {EnrolmentKey} exclude each other: agents that join trust the silo's own authority alone. Leave out the certificate.";
        }

        if (!ListenAddress.TryParse(options.HttpListen, out var http))
        {
            yield return Malformed(nameof(SiloOptions.HttpListen), options.HttpListen);
        }
        else if (!IPAddress.IsLoopback(http.Address))
        {
            yield return $"{Key(nameof(SiloOptions.HttpListen))} = {options.HttpListen} is reachable from other hosts; metrics and capture files are served there without TLS. "
                + "Listen on 127.0.0.1 and publish it through a proxy with TLS.";
        }
    }

    private static IEnumerable<string> Cluster(SiloOptions options)
    {
        if (!IPAddress.TryParse(options.ClusterAddress, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return $"{Key(nameof(SiloOptions.ClusterAddress))} = '{options.ClusterAddress}' is no address of this host. Write the one at which other silos and portals reach it, for example 10.0.0.5.";
        }
        else if (!IPAddress.IsLoopback(address) && options.ClusterTls is null)
        {
            yield return $"{Key(nameof(SiloOptions.ClusterAddress))} = {options.ClusterAddress} is reachable from other hosts, and without TLS whoever connects may do anything. "
                + $"Make certificates with `fleetprof ca cluster --out FOLDER` and set {Key(nameof(SiloOptions.ClusterTls))} to FOLDER/silo; or leave the address at 127.0.0.1.";
        }

        if (options.ClusterTls is not null && new ClusterFolder(options.ClusterTls).ProblemFor(ClusterRole.Silo) is { } problem)
        {
            yield return $"{Key(nameof(SiloOptions.ClusterTls))}: {problem}";
        }
    }

    private static IEnumerable<string> Ports(SiloOptions options, string? enrolment)
    {
        var named = new List<(string Key, int Port)> { (nameof(SiloOptions.SiloPort), options.SiloPort), (nameof(SiloOptions.GatewayPort), options.GatewayPort) };
        if (options.ClusterTls is not null)
        {
            named.Add((nameof(SiloOptions.FilesPort), options.FilesPort));
        }

        foreach (var (key, port) in named.Where(entry => entry.Port is < 1 or > 65535))
        {
            yield return $"{Key(key)} = {port} is no port. Use 1 to 65535.";
        }

        AddPort(named, nameof(SiloOptions.AgentListen), options.AgentListen);
        AddPort(named, nameof(SiloOptions.HttpListen), options.HttpListen);
        if (ListenAddress.TryParse(enrolment, out var joining))
        {
            named.Add((EnrolmentKey, joining.Port));
        }

        foreach (var twice in named.GroupBy(entry => entry.Port).Where(group => group.Count() > 1))
        {
            yield return $"{string.Join(" and ", twice.Select(entry => entry.Key == EnrolmentKey ? EnrolmentKey : Key(entry.Key)))} use the same port {twice.Key}. Give each its own.";
        }
    }

    private static void AddPort(List<(string Key, int Port)> named, string key, string value)
    {
        if (ListenAddress.TryParse(value, out var endpoint))
        {
            named.Add((key, endpoint.Port));
        }
    }

    private static IEnumerable<string> Files(SiloOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            yield return $"{Key(nameof(SiloOptions.DataFolder))} is empty. Name a folder on a local disk.";
        }

        var files = new (string Key, string? Path)[]
        {
            (nameof(SiloOptions.AgentCertificate), options.AgentCertificate),
            (nameof(SiloOptions.AgentCertificateKey), options.AgentCertificateKey),
            (nameof(SiloOptions.AnalyzerPath), options.AnalyzerPath),
        };
        var missing = files.Where(file => file.Path is not null && !File.Exists(file.Path)).ToList();
        foreach (var (key, path) in missing)
        {
            yield return $"{Key(key)} = {path} does not exist.";
        }

        if (options.AgentCertificate is not null && missing.Count == 0 && CertificateProblem(options) is { } problem)
        {
            yield return $"{Key(nameof(SiloOptions.AgentCertificate))} = {options.AgentCertificate} cannot be used: {problem} "
                + $"It must hold a certificate (PEM or PKCS#12) with its private key, or the key is in {Key(nameof(SiloOptions.AgentCertificateKey))}.";
        }
    }

    private static string? CertificateProblem(SiloOptions options)
    {
        try
        {
            using var certificate = EndpointSetup.LoadCertificate(options);
            return certificate.HasPrivateKey ? null : "there is no private key.";
        }
        catch (CryptographicException exception)
        {
            return exception.Message;
        }
    }

    private static string Malformed(string key, string value) => $"{Key(key)} = '{value}' is no address. Write address:port, for example 127.0.0.1:7443.";

    private const string EnrolmentKey = $"{EnrolmentOptions.Section}:{nameof(EnrolmentOptions.Listen)}";

    private static string Key(string name) => $"{SiloOptions.Section}:{name}";
}
