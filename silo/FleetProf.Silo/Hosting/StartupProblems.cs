using System.Net;
using System.Net.Sockets;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService;

namespace FleetProf.Silo.Hosting;

/// <summary>Turns what keeps the silo from starting into lines for people.</summary>
internal static class StartupProblems
{
    /// <summary>The service manager does not start the silo again: the same settings stay wrong.</summary>
    public const int InvalidOptions = 2;

    /// <summary>It does: what is in the way may be gone soon.</summary>
    public const int CannotStart = 1;

    /// <summary>Behind it Orleans names the silos that it asked in vain.</summary>
    private const string Silent = "Failed to get response from: ";

    /// <summary>Every options problem of every feature, not only the first.</summary>
    public static IReadOnlyList<string> OfOptions(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
        catch (AggregateException exception)
        {
            return [.. exception.Flatten().InnerExceptions.SelectMany(inner => inner is OptionsValidationException options ? options.Failures : [inner.Message])];
        }
        catch (InvalidOperationException exception)
        {
            // The binder: a value of the wrong type; its message names the key.
            return [exception.Message];
        }
    }

    /// <summary>What is in the way on this host, and may pass: its clock, and ports.</summary>
    public static IEnumerable<string> OfHost(SiloOptions options, DateTimeOffset now) => [.. OfClock(options, now), .. OfPorts(options)];

    private static IEnumerable<string> OfClock(SiloOptions options, DateTimeOffset now) =>
        options.ClusterTls is { } folder && new ClusterFolder(folder).ClockProblemAt(now) is { } problem ? [$"{SiloOptions.Section}:{nameof(SiloOptions.ClusterTls)}: {problem}"] : [];

    /// <summary>Ports that somebody else uses; Orleans would say neither which port nor which option.</summary>
    private static IEnumerable<string> OfPorts(SiloOptions options)
    {
        var endpoints = new List<(string Key, IPEndPoint Endpoint)>
        {
            (nameof(SiloOptions.AgentListen), ListenAddress.Parse(options.AgentListen)),
            (nameof(SiloOptions.HttpListen), ListenAddress.Parse(options.HttpListen)),
            (nameof(SiloOptions.SiloPort), new IPEndPoint(IPAddress.Parse(options.ClusterAddress), options.SiloPort)),
            (nameof(SiloOptions.GatewayPort), new IPEndPoint(IPAddress.Parse(options.ClusterAddress), options.GatewayPort)),
        };
        if (options.ClusterTls is not null)
        {
            endpoints.Add((nameof(SiloOptions.FilesPort), new IPEndPoint(IPAddress.Parse(options.ClusterAddress), options.FilesPort)));
        }

        foreach (var (key, endpoint) in endpoints)
        {
            if (WhyNotBound(endpoint) is { } reason)
            {
                yield return $"{SiloOptions.Section}:{key}: {endpoint} cannot be used ({reason}). Stop what listens there, or choose another.";
            }
        }
    }

    private static string? WhyNotBound(IPEndPoint endpoint)
    {
        using var probe = new TcpListener(endpoint);
        try
        {
            probe.Start();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>What kept the host from its start and may pass; null for a fault that nobody expects.</summary>
    public static string? OfStart(Exception exception) => exception switch
    {
        OrleansClusterConnectivityCheckFailedException => OfSilent(exception.Message),
        IOException or UnauthorizedAccessException => exception.Message,
        // Somebody took a port between our look and Orleans' own use of it.
        AddressInUseException => $"A port between silos, or for their clients, was taken by another program just now ({exception.Message}). Start the silo again.",
        // Orleans wraps what the table of the cluster's members threw.
        _ => CatalogException.In(exception)?.Message,
    };

    private static string OfSilent(string message)
    {
        var silos = message.IndexOf(Silent, StringComparison.Ordinal) is var at and >= 0 ? message[(at + Silent.Length)..].Trim('[', ']') : message;
        return $"Another silo does not answer ({silos}). One that was killed is given up within a minute; start this one again until then. One that runs must be reachable from here, and this one from there, by {SiloOptions.Section}:{nameof(SiloOptions.SiloPort)}.";
    }

    public static int Report(IEnumerable<string> problems, int exitCode)
    {
        Console.Error.WriteLine("The silo did not start:");
        foreach (var problem in problems)
        {
            Console.Error.WriteLine($"  - {problem}");
        }

        return exitCode;
    }
}
