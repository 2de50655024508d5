using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>pg_dump and pg_restore, which come with every PostgreSQL; the password reaches them by the environment and no command line.</summary>
internal static class PostgresDump
{
    /// <summary>One consistent state of the database, while silos write to it.</summary>
    /// <exception cref="IOException">The program is missing or failed; the message has its words.</exception>
    public static Task WriteAsync(string connectionString, string path, CancellationToken cancellationToken) =>
        RunAsync("pg_dump", connectionString, ["--format=custom", "--no-owner", "--no-privileges", .. SchemaOf(connectionString) is { } schema ? (string[])[$"--schema={schema}"] : [], $"--file={path}"], cancellationToken);

    /// <summary>All of it or nothing.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public static Task RestoreAsync(string connectionString, string path, CancellationToken cancellationToken) =>
        RunAsync("pg_restore", connectionString, ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", $"--dbname={new NpgsqlConnectionStringBuilder(connectionString).Database}", path], cancellationToken);

    private static string? SchemaOf(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).SearchPath is { Length: > 0 } path ? path.Split(',')[0].Trim() : null;

    private static async Task RunAsync(string program, string connectionString, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        foreach (var (name, value) in VariablesOf(new NpgsqlConnectionStringBuilder(connectionString)).Where(entry => !string.IsNullOrEmpty(entry.Value)))
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new IOException($"{program} failed: {errors.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new IOException($"{program} is missing. Install PostgreSQL's client programs of the server's version or newer (Debian: postgresql-client).", missing);
        }
    }

    private static Dictionary<string, string?> VariablesOf(NpgsqlConnectionStringBuilder builder) => new()
    {
        ["PGHOST"] = builder.Host,
        ["PGPORT"] = builder.Port.ToString(CultureInfo.InvariantCulture),
        ["PGUSER"] = builder.Username,
        ["PGPASSWORD"] = builder.Password,
        ["PGPASSFILE"] = builder.Passfile,
        ["PGDATABASE"] = builder.Database,
        ["PGSSLROOTCERT"] = builder.RootCertificate,
        ["PGSSLMODE"] = builder.SslMode switch { SslMode.VerifyFull => "verify-full", SslMode.VerifyCA => "verify-ca", SslMode.Require => "require", SslMode.Disable => "disable", SslMode.Allow => "allow", _ => "prefer" },
    };
}
