using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;

namespace FleetProf.Silo.Storage.Postgres;

/// <summary>pg_dump and pg_restore, which come with every PostgreSQL; the password reaches them by the environment and no command line.</summary>
internal static class PostgresDump
{
    /// <summary>The system's certificates of authorities in one file, where Debian, Fedora and SUSE, and Alpine keep them.</summary>
    private static readonly string[] SystemRoots = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    /// <summary>One consistent state of the database, while silos write to it.</summary>
    /// <exception cref="IOException">The program is missing or failed; the message has its words.</exception>
    public static Task WriteAsync(string connectionString, string path, CancellationToken cancellationToken) =>
        RunAsync("pg_dump", connectionString, ["--format=custom", "--no-owner", "--no-privileges", .. SchemaOf(connectionString) is { } schema ? (string[])[$"--schema={schema}"] : [], $"--file={path}"], cancellationToken);

    /// <summary>All of it or nothing. A schema that is there is filled: every database has one, and the silo's user may not be allowed to make another.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public static async Task RestoreAsync(string connectionString, string path, CancellationToken cancellationToken)
    {
        var contents = await RunAsync("pg_restore", connectionString, ["--list", path], cancellationToken);
        var there = SchemasThere(connectionString);
        var scratch = Directory.CreateTempSubdirectory("fleetprof-restore-");
        try
        {
            var list = Path.Combine(scratch.FullName, "contents");
            await File.WriteAllLinesAsync(list, contents.Split('\n').Where(entry => !there.Any(schema => IsOfSchema(entry, schema))), cancellationToken);
            await RunAsync(
                "pg_restore",
                connectionString,
                ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", $"--use-list={list}", $"--dbname={new NpgsqlConnectionStringBuilder(connectionString).Database}", path],
                cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static string? SchemaOf(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).SearchPath is { Length: > 0 } path ? path.Split(',')[0].Trim() : null;

    private static List<string> SchemasThere(string connectionString)
    {
        using var connection = new PostgresEngine(connectionString).OpenReader();
        return connection.Query<string>("SELECT nspname::text FROM pg_namespace").AsList();
    }

    /// <summary>Whether an entry of a dump's list makes the schema, or comments on it, which only its owner may: "6; 2615 16385 SCHEMA - fp OWNER".</summary>
    private static bool IsOfSchema(string entry, string schema) =>
        entry.Contains($" SCHEMA - {schema} ", StringComparison.Ordinal) || entry.Contains($" COMMENT - SCHEMA {schema} ", StringComparison.Ordinal);

    /// <summary>What it printed.</summary>
    private static async Task<string> RunAsync(string program, string connectionString, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in VariablesOf(new NpgsqlConnectionStringBuilder(connectionString)).Where(entry => !string.IsNullOrEmpty(entry.Value)))
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new IOException($"{program} failed: {errors.Trim()}");
            }

            return await output;
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
        ["PGSSLROOTCERT"] = builder.RootCertificate ?? RootsBesideNpgsql(builder.SslMode),
        ["PGSSLCERT"] = builder.SslCertificate,
        // One PEM file may hold both.
        ["PGSSLKEY"] = builder.SslKey ?? builder.SslCertificate,
        ["PGSSLMODE"] = builder.SslMode switch { SslMode.VerifyFull => "verify-full", SslMode.VerifyCA => "verify-ca", SslMode.Require => "require", SslMode.Disable => "disable", SslMode.Allow => "allow", _ => "prefer" },
    };

    /// <summary>
    /// Npgsql trusts the authorities of the system where nothing else is named, libpq only a file of its own in the user's home: a server that the silo
    /// believes must be believed here too. Null where libpq and Npgsql have another file by themselves, or where nothing is verified.
    /// </summary>
    private static string? RootsBesideNpgsql(SslMode mode)
    {
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql", "root.crt");
        return mode is not (SslMode.VerifyCA or SslMode.VerifyFull) || Environment.GetEnvironmentVariable("PGSSLROOTCERT") is { Length: > 0 } || File.Exists(own)
            ? null
            : SystemRoots.Prepend(Environment.GetEnvironmentVariable("SSL_CERT_FILE")).FirstOrDefault(File.Exists);
    }
}
