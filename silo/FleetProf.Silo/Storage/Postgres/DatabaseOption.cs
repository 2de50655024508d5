using System.Net;
using FleetProf.Silo.Hosting;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>Checks FleetProf:Silo:Database before anything connects: whoever reads the wire to it reads the password and the whole catalog.</summary>
internal static class DatabaseOption
{
    private const string Key = $"{SiloOptions.Section}:{nameof(SiloOptions.Database)}";

    /// <summary>What is wrong, with the next step and without quoting the connection string; null when it can be tried, or is not set.</summary>
    public static string? ProblemOf(SiloOptions options)
    {
        if (options.Database is null)
        {
            return null;
        }

        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(options.Database);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // The message may quote a part of a password that holds a semicolon.
            return Unreadable("it cannot be read as a list of Key=Value.");
        }

        return builder switch
        {
            { Host: null or "" } => Unreadable("Host is missing."),
            { Database: null or "" } => Unreadable("Database is missing."),
            _ when builder.SslMode < SslMode.Require && !options.AllowPlainDatabase && builder.Host.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(host => !IsOfThisHost(host)) is { } far =>
                $"{Key} names the server {far} without TLS: password and catalog could be read on the way. Add SSL Mode=VerifyFull (or at least Require), "
                + $"or set {SiloOptions.Section}:{nameof(SiloOptions.AllowPlainDatabase)}=true where nobody else is on that network.",
            _ => null,
        };
    }

    /// <param name="host">One of Npgsql's list: a folder or an abstract name of a Unix socket, an address, or a name.</param>
    public static bool IsUnixSocket(string host) => host.StartsWith('/') || host.StartsWith('@');

    private static string Unreadable(string why) =>
        $"{Key} is no connection string of PostgreSQL: {why} "
        + "Write Host=server;Database=fleetprof;Username=fleetprof;Password=..., or leave it out for a file in DataFolder. Its text is not shown, it may hold a password.";

    /// <param name="host">One of Npgsql's list: a folder or an abstract name of a Unix socket, an address, or a name; the latter two with or without a port.</param>
    private static bool IsOfThisHost(string host) =>
        IsUnixSocket(host)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) ? IPAddress.IsLoopback(address)
            : IPEndPoint.TryParse(host, out var endpoint) ? IPAddress.IsLoopback(endpoint.Address)
            : host.Split(':')[0].Equals("localhost", StringComparison.OrdinalIgnoreCase));
}
