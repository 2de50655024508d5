using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Captures.S3;
using FleetProf.Silo.Tests.Storage;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>The queue over a bucket whose server does what the test wants in the middle of a request.</summary>
[Trait("Ring", "process")]
public sealed class AnalysisOverBucketTests : IAsyncLifetime
{
    private static readonly string OtherRun = ArtifactStore.NewRun();

    private readonly TemporaryFolder folder = new();
    private FakeS3 server = null!;
    private CaptureRig rig = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeS3.StartAsync();
        var options = new CaptureOptions
        {
            ReserveBytes = 0,
            RetryDelay = TimeSpan.FromMilliseconds(50),
            AnalyzerIsolation = AnalyzerIsolation.Off,
            Store = StoreKind.S3,
            S3 = new S3Options { Endpoint = server.Address.ToString(), Bucket = FakeS3.Bucket, AccessKey = FakeS3.KeyId, SecretKey = FakeS3.Secret },
        };
        rig = new CaptureRig(options, WriteAnalyzer());
        await rig.UploadAsync(CaptureRig.Content(100));
    }

    public async ValueTask DisposeAsync()
    {
        rig.Dispose();
        await server.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>A silo that was thought gone after it had looked whether the artifact is its own, and before its results had their names.</summary>
    [Fact]
    public async Task Results_TakenOverWhileTheyAreStored_LeaveTheOthersAlone()
    {
        var isTaken = 0;
        server.Refusal = request =>
        {
            if (request.Method == "PUT" && request.Path.Value!.Contains("/analysis", StringComparison.Ordinal) && Interlocked.CompareExchange(ref isTaken, 1, 0) == 0)
            {
                FinishElsewhere();
                Volatile.Write(ref isTaken, 2);
            }

            return null;
        };
        await rig.StartQueueAsync();
        await UntilAsync(() => Volatile.Read(ref isTaken) == 2 && !Directory.EnumerateFileSystemEntries(Path.Combine(rig.Folder, "work")).Any());
        await rig.Queue.StopAsync(CancellationToken.None);

        Assert.Equal("of the other"u8.ToArray(), await rig.ReadAsync("gcs.json"));
        Assert.Equal("{}", (await rig.Table.FindAsync(CaptureRig.Capture))!.SummaryJson);
        Assert.All(server.Objects.Keys.Where(key => key.Contains("/analysis", StringComparison.Ordinal)), key => Assert.Contains(OtherRun, key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_ThatCannotBeListed_KeepNoRecordingWaiting()
    {
        server.Refusal = request => request.Query.ContainsKey("list-type") && request.Query["prefix"].ToString().Length == 0 ? (403, "AccessDenied") : null;
        await rig.StartQueueAsync();

        Assert.Equal(CaptureFailure.None, (await rig.NextReportAsync()).Failure);
    }

    /// <summary>In the middle of a request, which waits.</summary>
    private void FinishElsewhere() => FinishElsewhereAsync().GetAwaiter().GetResult();

    private async Task FinishElsewhereAsync()
    {
        var other = new ArtifactTable(rig.Database, TimeProvider.System, new SiloIdentity("other"));
        await other.TakeOverAsync(["other"]);
        using var run = rig.Store.CreateAnalysisFolder(CaptureRig.Capture);
        await File.WriteAllTextAsync(Path.Combine(run.Output, "gcs.json"), "of the other");
        var files = await rig.Store.AdoptOutputsAsync(CaptureRig.Capture, OtherRun, run.Output, CancellationToken.None);
        var artifact = (await other.FindAsync(CaptureRig.Capture))!;
        Assert.True(await other.FinishAsync(artifact with { State = ArtifactState.Analysed, SummaryJson = "{}", AnalysedAt = DateTimeOffset.UtcNow }, files));
    }

    private string WriteAnalyzer()
    {
        var path = folder["analyzer.sh"];
        File.WriteAllText(path, """
            #!/bin/sh
            while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; shift; done
            printf '{}' > "$output/summary.json"
            printf '[]' > "$output/gcs.json"
            """);
        AnalyzerProcessTests.MakeExecutable(path);
        return path;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
