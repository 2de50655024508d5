using System.Globalization;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Hosting;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>kill -9 of the silo while an analyzer runs.</summary>
[Trait("Ring", "process")]
public sealed class AnalysisKillTests : IDisposable
{
    private const string Plain = "planted.Marker";

    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Kill_SiloDuringAnalysis_EndsTheAnalyzerAndAnalysesAfterTheRestart()
    {
        await SeedPendingArtifactAsync();
        var analyzer = WriteAnalyzer();
        await using var silo = new SiloProcess(folder["data"]);
        await silo.StartAsync($"--FleetProf:Silo:AnalyzerPath={analyzer}", "--FleetProf:Captures:AnalyzerIsolation=Off");
        await UntilAsync(() => File.Exists(folder["pids"]) && File.ReadAllText(folder["pids"]).EndsWith('\n'));
        var first = (await File.ReadAllLinesAsync(folder["pids"]))[0];
        await silo.KillAsync();

        await UntilAsync(() => !IsRunning(first));
        Assert.NotNull(StoredCapture.FindFileThatShows(folder["data"], Plain));
        await silo.StartAsync($"--FleetProf:Silo:AnalyzerPath={analyzer}", "--FleetProf:Captures:AnalyzerIsolation=Off");
        await UntilAsync(() => Directory.EnumerateFiles(Path.Combine(folder["data"], "artifacts", CaptureRig.Capture), "summary.json", SearchOption.AllDirectories).Any() && !Directory.EnumerateFileSystemEntries(Path.Combine(folder["data"], "work")).Any());
        await silo.KillAsync();

        Assert.Null(StoredCapture.FindFileThatShows(folder["data"], Plain));
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder["pids"])).Length);
        Assert.Equal(0, (await ReadAsync()).FailedRuns);
    }

    public void Dispose() => folder.Dispose();

    private async Task SeedPendingArtifactAsync()
    {
        Directory.CreateDirectory(folder["data"]);
        using var database = Open();
        var store = new ArtifactStore(folder["data"]);
        await StoredCapture.AddOriginalAsync(store, "Nettrace"u8.ToArray(), CaptureRig.Capture);
        var artifact = new Artifact
        {
            CaptureId = CaptureRig.Capture, CampaignId = CaptureRig.CampaignId, Attempt = 1, AgentId = "agent1",
            Kind = CaptureKind.Trace, Sha256 = new string('a', 64), SizeBytes = 8,
        };
        await new ArtifactTable(database, TimeProvider.System).AddAsync(artifact, new StoredFile("original.nettrace", "application/octet-stream", 8, artifact.Sha256));
    }

    private async Task<Artifact> ReadAsync()
    {
        using var database = Open();
        return (await new ArtifactTable(database, TimeProvider.System).FindAsync(CaptureRig.Capture))!;
    }

    private CatalogDatabase Open() => CatalogDatabase.Open(Path.Combine(folder["data"], "catalog.db"), TimeProvider.System);

    /// <summary>Hangs in its first run and succeeds in the second.</summary>
    private string WriteAnalyzer()
    {
        var path = folder["analyzer.sh"];
        File.WriteAllText(path, $"""
            #!/bin/sh
            while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; shift; done
            echo '{Plain}' > "$output/gcs.json"
            echo $$ >> '{folder["pids"]}'
            if [ "$(wc -l < '{folder["pids"]}')" = 1 ]; then exec sleep 600; fi
            printf '{"{}"}' > "$output/summary.json"
            """);
        AnalyzerProcessTests.MakeExecutable(path);
        return path;
    }

    private static bool IsRunning(string processId) => RunningProcess.Exists(int.Parse(processId, CultureInfo.InvariantCulture));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
