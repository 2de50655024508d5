using System.Globalization;
using System.Text.Json;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using FleetProf.TestKit.Processes;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>The queue with the real process limits around analyzers that are shell scripts.</summary>
public abstract class AnalysisQueueTests(CatalogKind kind) : IDisposable
{
    private const string Succeed = """
        printf '{"kind":"trace","durationMs":1500.5,"gcCount":3,"lostEvents":2,"isComplete":true,"files":["gcs.json"]}' > "$output/summary.json"
        printf '[]' > "$output/gcs.json"
        """;

    private readonly CaptureRig rig = new(new CaptureOptions
    {
        // The scripts write beside their output, and on a busy machine even a short one takes long.
        AnalyzerIsolation = AnalyzerIsolation.Off,
        ReserveBytes = 0, RetryDelay = TimeSpan.FromMilliseconds(50), AnalyzerWallTime = TimeSpan.FromMinutes(1), AnalyzerCpuTime = TimeSpan.FromSeconds(1), AnalyzerOutputBytes = 100_000,
    }, kind: kind);

    [Fact]
    public async Task Analysis_Succeeds_StoresFilesAndReportsTheSummary()
    {
        var report = await AnalyseAsync(Succeed);

        Assert.Equal((CaptureFailure.None, 1, 1500.5, 3, 2L), (report.Failure, report.Attempt, report.Summary!.DurationMs, report.Summary.GcCount, report.Summary.LostEvents));
        Assert.Equal(["gcs.json", "original.nettrace", "summary.json"], (await rig.Files.ListAsync(CaptureRig.Capture)).Select(file => file.Name));
        Assert.Equal("[]"u8.ToArray(), await rig.ReadAsync("gcs.json"));
        Assert.NotNull(await rig.Table.FindRunAsync(CaptureRig.Capture, "gcs.json"));
        Assert.Null(await rig.Table.FindRunAsync(CaptureRig.Capture, "original.nettrace"));
        Assert.Equal(CapturePhase.Analysing, Assert.Single(rig.Progress).Phase);
        Assert.Equal(1, Runs());
        await UntilReportedAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(rig.Folder, "work")));
    }

    [Fact]
    public async Task Analysis_CrashesOnce_IsTriedAgain()
    {
        var report = await AnalyseAsync($"""
            if [ "$(wc -l < "$runs")" = 1 ]; then echo boom >&2; exit 134; fi
            {Succeed}
            """);

        Assert.Equal(CaptureFailure.None, report.Failure);
        Assert.Equal(2, Runs());
    }

    [Fact]
    public async Task Analysis_CrashesTwice_IsQuarantinedWithTheReasonAndKeepsTheOriginal()
    {
        var report = await AnalyseAsync("echo 'stack overflow' >&2; kill -ABRT $$");

        Assert.Equal(CaptureFailure.Quarantined, report.Failure);
        Assert.Contains("134", report.Detail, StringComparison.Ordinal);
        Assert.Contains("stack overflow", report.Detail, StringComparison.Ordinal);
        Assert.Equal(2, Runs());
        Assert.Equal(["original.nettrace"], (await rig.Files.ListAsync(CaptureRig.Capture)).Select(file => file.Name));
    }

    [Fact]
    public async Task Analysis_Hangs_IsKilledWithItsChildren()
    {
        rig.Options.AnalyzerWallTime = TimeSpan.FromSeconds(5);
        var report = await AnalyseAsync("""sleep 600 & echo $! >> "$runs.children"; sleep 600""");

        Assert.Equal(CaptureFailure.Quarantined, report.Failure);
        Assert.Contains("ran longer than 00:00:05", report.Detail, StringComparison.Ordinal);
        // Who is killed ends when it has its turn.
        await UntilAsync(() => !File.ReadAllLines(RunsFile + ".children").Any(IsRunning));
    }

    [Fact]
    public async Task Analysis_BurnsCpu_IsEndedByTheKernel()
    {
        var report = await AnalyseAsync("while :; do :; done");

        Assert.Equal(CaptureFailure.Quarantined, report.Failure);
        Assert.Contains("CPU time", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analysis_WritesTooMuch_IsQuarantined()
    {
        var report = await AnalyseAsync("""head -c 200000 /dev/zero > "$output/gcs.json"; sleep 600""");

        Assert.Equal(CaptureFailure.Quarantined, report.Failure);
        Assert.Contains("100000 bytes", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analysis_SaysUnreadable_FailsWithItsReasonWithoutRetry()
    {
        var report = await AnalyseAsync("echo 'the file is empty' >&2; exit 3");

        Assert.Equal((CaptureFailure.AnalysisFailed, "the file is empty", 1), (report.Failure, report.Detail, Runs()));
    }

    [Fact]
    public async Task Analysis_WithoutSpaceForItsResults_IsTriedAgainAndNotHeldAgainstTheArtifact()
    {
        var report = await AnalyseAsync($"""
            if [ "$(wc -l < "$runs")" -lt 4 ]; then echo 'no space left' >&2; exit 4; fi
            {Succeed}
            """);

        Assert.Equal((CaptureFailure.None, 4), (report.Failure, Runs()));
        Assert.Equal(0, (await rig.Table.FindAsync(CaptureRig.Capture))!.FailedRuns);
    }

    [Fact]
    public async Task Analysis_OnAFullVolume_WaitsAndRunsNothing()
    {
        UseAnalyzer(Succeed);
        await rig.UploadAsync(CaptureRig.Content(100));
        rig.Options.ReserveBytes = long.MaxValue / 2;
        await rig.StartQueueAsync();
        await UntilAsync(() => rig.Progress.Count >= 3);
        Assert.Equal(0, Runs());

        rig.Options.ReserveBytes = 0;

        Assert.Equal(CaptureFailure.None, (await rig.NextReportAsync()).Failure);
        Assert.Equal(1, Runs());
    }

    [Fact]
    public async Task Analysis_OfACutRecording_IsAResultThatIsReportedAsTruncated()
    {
        var report = await AnalyseAsync("""printf '{"durationMs":7,"isComplete":false,"incompleteReason":"the file ends inside a block"}' > "$output/summary.json" """);

        Assert.Equal((CaptureFailure.ArtifactTruncated, "the file ends inside a block", 7), (report.Failure, report.Detail, report.Summary!.DurationMs));
        Assert.Contains(await rig.Files.ListAsync(CaptureRig.Capture), file => file.Name == "summary.json");
    }

    [Theory]
    [InlineData("printf '{}' > \"$output/summary.json\"; ln -s /etc/passwd \"$output/gcs.json\"")]
    [InlineData("printf '{}' > \"$output/summary.json\"; mkdir \"$output/sub\"")]
    [InlineData("printf '{}' > \"$output/summary.json\"; printf x > \"$output/original.nettrace\"")]
    [InlineData("printf '{}' > \"$output/summary.json\"; printf x > \"$output/..evil\"")]
    [InlineData("printf 'no json' > \"$output/summary.json\"")]
    [InlineData(":")]
    public async Task Analysis_WritesWhatNoAnalyzerWrites_IsQuarantinedAndNothingIsListed(string script)
    {
        var report = await AnalyseAsync(script);

        Assert.Equal(CaptureFailure.Quarantined, report.Failure);
        Assert.Equal(["original.nettrace"], (await rig.Files.ListAsync(CaptureRig.Capture)).Select(file => file.Name));
    }

    [Fact]
    public async Task Analysis_Environment_HoldsNoSecretsButTheLimits()
    {
        Environment.SetEnvironmentVariable("FLEETPROF_TEST_DB_PASSWORD", "hunter2");
        await AnalyseAsync($"env > \"$runs.env\"; {Succeed}");

        var environment = await File.ReadAllLinesAsync(RunsFile + ".env");
        Assert.DoesNotContain(environment, line => line.Contains("hunter2", StringComparison.Ordinal));
        Assert.Contains("DOTNET_EnableDiagnostics=0", environment);
        Assert.Contains("DOTNET_gcServer=0", environment);
        Assert.Contains("DOTNET_GCHeapHardLimit=40000000", environment);
    }

    [Fact]
    public async Task Queue_SiloStoppedDuringAnalysis_FinishesAfterTheRestart()
    {
        UseAnalyzer($"""if [ "$(wc -l < "$runs")" = 1 ]; then sleep 600; fi; {Succeed}""");
        rig.Options.AnalyzerWallTime = TimeSpan.FromMinutes(5);
        await rig.UploadAsync(CaptureRig.Content(100));
        await rig.StartQueueAsync();
        await UntilAsync(() => Runs() == 1);
        await rig.RestartAsync();
        await rig.StartQueueAsync();

        Assert.Equal(CaptureFailure.None, (await rig.NextReportAsync()).Failure);
        Assert.Equal(2, Runs());
    }

    /// <summary>A silo that was stopped for long enough to be thought gone, and goes on.</summary>
    [Fact]
    public async Task Queue_ArtifactTakenOverMeanwhile_LeavesTheOthersResultsAlone()
    {
        UseAnalyzer($"""while [ ! -e "$runs.go" ]; do sleep 0.05; done; {Succeed}""");
        await rig.UploadAsync(CaptureRig.Content(100));
        await rig.StartQueueAsync();
        await UntilAsync(() => Runs() == 1);
        var other = new ArtifactTable(rig.Database, TimeProvider.System, new SiloIdentity("other"));
        Assert.Equal([CaptureRig.Capture], await other.TakeOverAsync(["other"]));
        using (var folder = rig.Store.CreateAnalysisFolder(CaptureRig.Capture))
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Output, "gcs.json"), "of the other");
            var files = await rig.Store.AdoptOutputsAsync(CaptureRig.Capture, ArtifactStore.NewRun(), folder.Output, CancellationToken.None);
            var artifact = (await other.FindAsync(CaptureRig.Capture))!;
            Assert.True(await other.FinishAsync(artifact with { State = ArtifactState.Analysed, SummaryJson = "{}", AnalysedAt = DateTimeOffset.UtcNow }, files));
        }

        await File.WriteAllTextAsync(RunsFile + ".go", "");
        await UntilAsync(() => !Directory.EnumerateFileSystemEntries(Path.Combine(rig.Folder, "work")).Any());
        await rig.Queue.StopAsync(CancellationToken.None);

        Assert.Equal("of the other"u8.ToArray(), await rig.ReadAsync("gcs.json"));
        Assert.Equal("{}", (await rig.Table.FindAsync(CaptureRig.Capture))!.SummaryJson);
    }

    [Fact]
    public async Task Queue_CampaignNotReachable_ReportsLaterWithoutAnalysingAgain()
    {
        rig.ReportsToRefuse = 2;

        Assert.Equal(CaptureFailure.None, (await AnalyseAsync(Succeed)).Failure);
        Assert.Equal(1, Runs());
        await UntilReportedAsync();
    }

    [Fact]
    public async Task Queue_OutcomeStoredButNotReported_IsReportedAfterTheRestart()
    {
        rig.ReportsToRefuse = int.MaxValue;
        UseAnalyzer(Succeed);
        await rig.UploadAsync(CaptureRig.Content(100));
        await rig.StartQueueAsync();
        await UntilAsync(async () => (await rig.Table.FindAsync(CaptureRig.Capture))!.AnalysedAt is not null);
        await rig.RestartAsync();
        rig.ReportsToRefuse = 0;
        await rig.StartQueueAsync();

        Assert.Equal(3, (await rig.NextReportAsync()).Summary!.GcCount);
        Assert.Equal(1, Runs());
    }

    [Fact]
    public async Task Queue_DatabaseAwayAtTheStart_IsTriedAgainAndEndsNothing()
    {
        UseAnalyzer(Succeed);
        await rig.UploadAsync(CaptureRig.Content(100));
        await rig.RenameAsync("artifacts", "artifacts_away");
        await rig.StartQueueAsync();
        // Each try begins with what earlier processes left: what is left after one began tells of the next.
        for (var tries = 0; tries < 3; tries++)
        {
            var leftover = Directory.CreateDirectory(Path.Combine(rig.Folder, "work", $"leftover{tries}"));
            await UntilAsync(() => !Directory.Exists(leftover.FullName));
        }

        Assert.False(rig.Queue.ExecuteTask!.IsCompleted);
        await rig.RenameAsync("artifacts_away", "artifacts");

        Assert.Equal(CaptureFailure.None, (await rig.NextReportAsync()).Failure);
    }

    public void Dispose() => rig.Dispose();

    private string RunsFile => Path.Combine(rig.Folder, "runs");

    private int Runs() => File.Exists(RunsFile) ? File.ReadAllLines(RunsFile).Length : 0;

    private async Task<AnalysisReport> AnalyseAsync(string script)
    {
        UseAnalyzer(script);
        await rig.UploadAsync(CaptureRig.Content(100));
        await rig.StartQueueAsync();
        return await rig.NextReportAsync();
    }

    /// <summary>A script in place of the analyzer: $output is its folder, and every run leaves a line in $runs.</summary>
    private void UseAnalyzer(string script)
    {
        var path = Path.Combine(rig.Folder, "analyzer.sh");
        File.WriteAllText(path, $"""
            #!/bin/sh
            while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; shift; done
            runs={JsonSerializer.Serialize(RunsFile)}
            echo run >> "$runs"
            {script}
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        rig.AnalyzerPath = path;
        rig.RestartAsync().GetAwaiter().GetResult();
    }

    private static bool IsRunning(string processId) => RunningProcess.Exists(int.Parse(processId, CultureInfo.InvariantCulture));

    private Task UntilReportedAsync() => UntilAsync(async () => (await rig.Table.FindAsync(CaptureRig.Capture))!.IsReported);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}

[Trait("Ring", "process")]
public sealed class AnalysisQueueOnSqliteTests() : AnalysisQueueTests(CatalogKind.Sqlite);

[Trait("Ring", "process")]
public sealed class AnalysisQueueOnPostgresTests() : AnalysisQueueTests(CatalogKind.Postgres);
