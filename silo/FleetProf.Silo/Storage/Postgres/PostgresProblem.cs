using System.Net.Sockets;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>Words for what is wrong with a server, with the next step. The server's own messages name users and tables, never passwords.</summary>
internal static class PostgresProblem
{
    /// <summary>A <see cref="CatalogException"/> where server, login or connection is at fault; the exception itself where the statement is.</summary>
    public static Exception Explain(Exception exception, string name) => exception switch
    {
        CatalogException => exception,
        PostgresException server => OfServer(server, name) is { } problem
            ? new CatalogException($"{problem} ({server.MessageText})", server)
            {
                IsDiskFull = server.SqlState == PostgresErrorCodes.DiskFull,
                IsUnreachable = IsOutage(server.SqlState),
            }
            : exception,
        NpgsqlException { InnerException: not (IOException or SocketException or TimeoutException) } client when IsLogin(client) =>
            new CatalogException($"{name} wants another way to log in than the connection string gives. Check FleetProf:Silo:Database. ({client.Message})", client),
        NpgsqlException or SocketException =>
            new CatalogException($"{Unreachable(name)} ({exception.GetBaseException().Message})", exception) { IsUnreachable = true },
        _ => exception,
    };

    private static string? OfServer(PostgresException server, string name) => server.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"{name} refused the user. Check Username and Password of FleetProf:Silo:Database, and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => $"{name} does not exist. Create it, owned by the silo's user.",
        PostgresErrorCodes.InsufficientPrivilege => $"The silo's user may not do that in {name}. Make it the owner of the database and of its tables.",
        PostgresErrorCodes.DiskFull => $"The volume of {name} is full, nothing was written. Free space on the server.",
        PostgresErrorCodes.TooManyConnections => $"{name} takes no more connections. Raise max_connections, or end others.",
        PostgresErrorCodes.LockNotAvailable => $"Something reads tables of {name} for long, a backup for example, so that they could not be changed. Wait for it, and start again.",
        PostgresErrorCodes.ReadOnlySqlTransaction => $"{name} takes no writes (a standby, or read-only by its settings). Name the primary in FleetProf:Silo:Database.",
        PostgresErrorCodes.IoError or PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            $"{name} cannot read or write its files. See the server's log; restore a backup if it is damaged.",
        var state when IsOutage(state) => Unreachable(name),
        _ => null,
    };

    private static bool IsOutage(string state) =>
        state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow || state.StartsWith("08", StringComparison.Ordinal);

    private static bool IsLogin(NpgsqlException exception) =>
        exception.Message.Contains("password", StringComparison.OrdinalIgnoreCase) || exception.Message.Contains("authentication", StringComparison.OrdinalIgnoreCase);

    private static string Unreachable(string name) => $"{name} does not answer. Start the server, or check Host and Port of FleetProf:Silo:Database.";
}
