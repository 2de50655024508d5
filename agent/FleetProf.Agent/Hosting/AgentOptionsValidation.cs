using System.Net;
using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetProf.Agent.Hosting;

/// <summary>Checks all of FleetProf:Agent at once; every message names its key.</summary>
internal sealed class AgentOptionsValidation(IConfiguration configuration) : IValidateOptions<AgentOptions>
{
    private static readonly TimeSpan ShortestScan = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestScan = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        List<string> problems = [.. UnknownKeys(), .. SiloAddresses.Of(options.Silo).SelectMany(silo => Silo(silo, options)), .. Folders(options), .. Limits(options), .. Names(options)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>Whether an address can only be reached from this host.</summary>
    public static bool IsLoopback(Uri address) =>
        string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip);

    private IEnumerable<string> UnknownKeys()
    {
        var known = typeof(AgentOptions).GetProperties().Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return configuration.GetSection(AgentOptions.Section).GetChildren()
            .Where(child => !known.Contains(child.Key))
            .Select(child => $"{child.Path} is no option of the agent. Known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    private static IEnumerable<string> Silo(string silo, AgentOptions options)
    {
        if (!Uri.TryCreate(silo, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            yield return $"{Key(nameof(AgentOptions.Silo))} = '{silo}' is no address. Write https://host:port, or http://127.0.0.1:7443 on the silo's own host.";
            yield break;
        }
        if (address.Scheme == "http" && !IsLoopback(address))
            yield return $"{Key(nameof(AgentOptions.Silo))} = {silo} would send command lines and recordings over the network without TLS. Join with `fleetprof agent join`, which leads to https.";
        if (address.Scheme == "https" && !IsLoopback(address) && !File.Exists(Path.Combine(options.StateFolder, Enrolment.FileName)))
            yield return $"{Key(nameof(AgentOptions.Silo))} = {silo}: this host has not joined it. Make a token with `fleetprof agent token create` and run `fleetprof agent join`.";
        if (address.AbsolutePath != "/" || address.Query.Length > 0 || address.UserInfo.Length > 0)
            yield return $"{Key(nameof(AgentOptions.Silo))} = '{address.GetLeftPart(UriPartial.Authority)}...' has more than scheme, host and port. Leave the rest out.";
    }

    private static IEnumerable<string> Folders(AgentOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.StateFolder)) yield return $"{Key(nameof(AgentOptions.StateFolder))} is empty. Name a folder on a local disk.";
        if (options.PolicyFile is not null && string.IsNullOrWhiteSpace(options.PolicyFile)) yield return $"{Key(nameof(AgentOptions.PolicyFile))} is empty. Name a file, or leave it out for the built-in policy.";
    }

    private static IEnumerable<string> Limits(AgentOptions options)
    {
        const long SmallestSpool = 1_000_000;
        if (options.VitalsSpoolBytes < SmallestSpool) yield return $"{Key(nameof(AgentOptions.VitalsSpoolBytes))} = {options.VitalsSpoolBytes} is less than 1 MB.";
        if (options.ArtifactSpoolBytes < SmallestSpool) yield return $"{Key(nameof(AgentOptions.ArtifactSpoolBytes))} = {options.ArtifactSpoolBytes} is less than 1 MB.";
        if (options.ReserveBytes < 0) yield return $"{Key(nameof(AgentOptions.ReserveBytes))} = {options.ReserveBytes} is negative. Write 0 to leave nothing free.";
        if (options.ScanInterval < ShortestScan || options.ScanInterval > LongestScan)
            yield return $"{Key(nameof(AgentOptions.ScanInterval))} = {options.ScanInterval} is not from {ShortestScan} to {LongestScan}.";
        if (options.Labels.Count > 32) yield return $"{Key(nameof(AgentOptions.Labels))} has {options.Labels.Count} labels. At most 32 are sent.";
    }

    private static IEnumerable<string> Names(AgentOptions options)
    {
        // Not its text: what cannot be seen is what is wrong with it.
        if (CleanText.Of(options.HostName) != options.HostName)
            yield return $"{Key(nameof(AgentOptions.HostName))} is no name of a host. Write at most {CleanText.NameChars} characters that can be seen, with no space before or behind, or leave it out for the machine's name.";
    }

    private static string Key(string name) => $"{AgentOptions.Section}:{name}";
}
