using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using FleetProf.TestKit.Processes;
using Npgsql;

namespace FleetProf.Silo.Tests.Storage.Postgres;

/// <summary>The silo's program with a server that wants TLS and a client's certificate; the server's authority is one of the system's, as the variable of OpenSSL names them.</summary>
[Trait("Ring", "process")]
public sealed class PostgresDumpTests : IAsyncLifetime
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly TemporaryFolder folder = new();
    private PostgresServer server = null!;

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(From, From.AddDays(30));
        await File.WriteAllTextAsync(folder["system.crt"], authority.ExportCertificatePem());
        var client = Issue(authority, PostgresServer.User);
        await File.WriteAllTextAsync(folder["client.crt"], client.Certificate);
        await File.WriteAllTextAsync(folder["client.key"], client.Key);
        await File.WriteAllTextAsync(folder["client.pem"], client.Certificate + "\n" + client.Key);
        foreach (var path in Directory.GetFiles(folder.Path))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        var own = Issue(authority, "localhost");
        server = await PostgresServer.StartTlsAsync(own.Certificate, own.Key, authority.ExportCertificatePem());
    }

    [Theory]
    [InlineData("SSL Certificate=client.crt;SSL Key=client.key")]
    [InlineData("SSL Certificate=client.pem")]
    public async Task BackupAndRestore_VerifyFullWithTheSystemsAuthorities_ReachTheServerAsTheSiloDoes(string client)
    {
        client = client.Replace("client", folder["client"], StringComparison.Ordinal);
        await RunAsync("CREATE DATABASE first");
        await RunAsync("CREATE DATABASE second");

        await SiloAsync("migrate", $"{To("first")};SSL Mode=VerifyFull;{client}");
        await SiloAsync("backup", $"{To("first")};SSL Mode=VerifyFull;{client}");
        await SiloAsync("restore", $"{To("second")};SSL Mode=VerifyFull;{client}");

        Assert.Equal(await MigrationsAsync("first"), await MigrationsAsync("second"));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, From, From.AddDays(20), [1, (byte)name.Length]);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>From the build output, with a home without any file of PostgreSQL.</summary>
    private async Task SiloAsync(string verb, string database)
    {
        var dll = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "FleetProf.Silo", "debug", "FleetProf.Silo.dll"));
        var start = new ProcessStartInfo("dotnet", [dll, verb, $"--FleetProf:Backup:Folder={folder["backup"]}", $"--FleetProf:Silo:DataFolder={folder["silo"]}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["FleetProf__Silo__Database"] = database;
        start.Environment["SSL_CERT_FILE"] = folder["system.crt"];
        start.Environment["HOME"] = folder.Path;
        start.Environment.Remove("PGSSLROOTCERT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{verb}: {errors}{await output}");
    }

    private string To(string database) => server.ConnectionString(database).Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private async Task RunAsync(string statement)
    {
        await using var connection = Open("postgres");
        await connection.ExecuteAsync(statement);
    }

    private async Task<long> MigrationsAsync(string database)
    {
        await using var connection = Open(database);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM schema_migrations");
    }

    private NpgsqlConnection Open(string database) =>
        new($"{To(database)};Pooling=false;SSL Mode=VerifyFull;Root Certificate={folder["system.crt"]};SSL Certificate={folder["client.crt"]};SSL Key={folder["client.key"]}");
}
