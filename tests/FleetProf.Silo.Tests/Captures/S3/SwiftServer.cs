using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using FleetProf.Silo.Captures;
using FleetProf.TestKit.Processes;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>A server of somebody else's: OpenStack's Swift with its S3 interface, from Debian's python3-swift, in a folder of its own. It ends with this object, and with this process.</summary>
internal sealed class SwiftServer : IAsyncDisposable
{
    public const string Bucket = "recordings";

    /// <summary>Account and user.</summary>
    private const string KeyId = "test:fleetprof";
    private const string Secret = "s3cret-of-the-tests";
    private const string Python = "/usr/bin/python3";
    private const string ReadyLine = "ready";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-swift-");
    private readonly int[] ports = [.. Enumerable.Range(0, 4).Select(_ => FreePort.Next())];
    private Process? server;

    public static bool IsInstalled => Directory.Exists("/usr/lib/python3/dist-packages/swift/common/middleware/s3api");

    private string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}");

    /// <summary>With one empty bucket.</summary>
    public static async Task<SwiftServer> StartAsync()
    {
        var swift = new SwiftServer();
        try
        {
            await swift.RunAsync();
            using var client = new AmazonS3Client(new BasicAWSCredentials(KeyId, Secret), new AmazonS3Config { ServiceURL = swift.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
            await client.PutBucketAsync(Bucket);
            return swift;
        }
        catch
        {
            await swift.DisposeAsync();
            throw;
        }
    }

    public S3Options Options(string bucket = Bucket, string secret = Secret) => new() { Endpoint = Endpoint, Bucket = bucket, AccessKey = KeyId, SecretKey = secret, Prefix = "fleet prof/" };

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        folder.Delete(recursive: true);
    }

    private async Task RunAsync()
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Captures", "S3", "swift_server.py"), folder.FullName, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))];
        server = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var problems = server.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        if (await server.StandardOutput.ReadLineAsync(limit.Token) != ReadyLine)
        {
            throw new InvalidOperationException($"Swift did not start: {await problems}");
        }
    }
}
