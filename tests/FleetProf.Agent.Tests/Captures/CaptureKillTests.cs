using System.Diagnostics;
using System.Globalization;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>kill -9 of the agent in each phase of a capture: no session stays in the target, nothing runs twice, a result comes.</summary>
[Trait("Ring", "process")]
public sealed class CaptureKillTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("fp-victim-").FullName;
    private UploadServer server = null!;
    private PlantedProcess planted = null!;

    private string Journal => Path.Combine(folder, "captures.journal");

    public async ValueTask InitializeAsync()
    {
        server = await UploadServer.StartAsync();
        planted = await PlantedProcess.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await planted.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(CaptureKind.Trace)]
    [InlineData(CaptureKind.Gcdump)]
    public async Task Kill_WhileAttaching_IsLostAndNotRepeated(CaptureKind kind)
    {
        await planted.DoAsync("retain", 1_000_000);
        await RunAndKillAsync(kind, seconds: 120, () => File.Exists(Journal) && new FileInfo(Journal).Length > 0);
        var result = await RestartAsync();
        Assert.Equal("AgentLost", result.Failure);
    }

    [Theory]
    [InlineData(CaptureKind.Trace)]
    [InlineData(CaptureKind.Gc)]
    public async Task Kill_WhileCollecting_IsLostAndKeepsWhatCanBeRead(CaptureKind kind)
    {
        // The collections of a quiet target tell its runtime nothing about the reader's end: the next agent has to.
        await RunAndKillAsync(kind, seconds: 120, () => SpoolBytes() > (kind == CaptureKind.Trace ? 20_000 : 0));
        var result = await RestartAsync();
        Assert.Equal("AgentLost", result.Failure);
        Assert.Equal(result.IsPartial, server.Received.Complete.ContainsKey(result.Sha256));
        // A quiet target may have nothing to keep.
        if (kind == CaptureKind.Trace) Assert.True(result.IsPartial);
    }

    [Fact]
    public async Task Kill_WhileWaitingForAPause_IsLostAndKeepsNothing()
    {
        await RunAndKillAsync(CaptureKind.Gc, seconds: 120, () => SpoolBytes() > 0, whenPauseOverMs: 60_000);
        var result = await RestartAsync();
        Assert.Equal(("AgentLost", "", "The agent was killed while it waited for a pause."), (result.Failure, result.Sha256, result.Detail));
        Assert.DoesNotContain(server.Received.Offers, offer => offer.CaptureId == "c-1");
    }

    [Fact]
    public async Task Kill_AfterTheAwaitedPause_IsLostAndKeepsItsNameAndWhatWasRecorded()
    {
        using var over = new CancellationTokenSource();
        var pauses = PauseUntilAsync(over.Token);
        await RunAndKillAsync(CaptureKind.Gc, seconds: 120, HasKept, whenPauseOverMs: 0.001);
        await over.CancelAsync();
        await pauses;

        var result = await RestartAsync();
        Assert.Equal(("AgentLost", true, "Induced"), (result.Failure, result.IsPartial, result.Trigger?.Reason));
        Assert.True(server.Received.Complete.ContainsKey(result.Sha256));
    }

    [Fact]
    public async Task Kill_InTheHeapSnapshot_IsLostAndTheTargetRecovers()
    {
        await planted.DoAsync("retain", 3_000_000);
        await RunAndKillAsync(CaptureKind.Gcdump, seconds: 120, () => SpoolBytes() > 0);
        var result = await RestartAsync();
        Assert.Equal("AgentLost", result.Failure);
        await planted.DoAsync("collect", 1);
    }

    [Fact]
    public async Task Kill_WhileUploading_GoesOnWhereTheSiloIs()
    {
        var hold = new TaskCompletionSource();
        server.Received.Hold = hold.Task;
        await RunAndKillAsync(CaptureKind.Trace, seconds: 1, () => server.Received.Chunks > 0);
        server.Received.Hold = Task.CompletedTask;
        var result = await RestartAsync();
        Assert.Equal(("", false), (result.Failure, result.IsPartial));
        Assert.True(server.Received.Complete.ContainsKey(result.Sha256));
    }

    [Theory]
    [InlineData(950)]
    [InlineData(1_050)]
    [InlineData(1_150)]
    [InlineData(1_300)]
    public async Task Kill_AroundTheRundown_EndsInExactlyOneResult(int milliseconds)
    {
        var began = new Stopwatch();
        await RunAndKillAsync(CaptureKind.Trace, seconds: 1, () =>
        {
            if (SpoolBytes() > 0) began.Start();
            return began.ElapsedMilliseconds >= milliseconds;
        });
        var result = await RestartAsync();
        if (result.Failure.Length > 0) Assert.Equal("AgentLost", result.Failure);
        else Assert.True(server.Received.Complete.ContainsKey(result.Sha256));
    }

    private long SpoolBytes()
    {
        var spool = new DirectoryInfo(Path.Combine(folder, "artifacts"));
        return spool.Exists ? spool.GetFiles().Sum(LengthOf) : 0;

        // The victim may just have renamed or deleted it.
        static long LengthOf(FileInfo file)
        {
            try
            {
                return file.Length;
            }
            catch (FileNotFoundException)
            {
                return 0;
            }
        }
    }

    /// <summary>Whether a pause came that was waited for: only that gives a file the name under which it is kept.</summary>
    private bool HasKept() => Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Any(file => file.Contains("artifacts", StringComparison.Ordinal) && !file.Contains(".held", StringComparison.Ordinal));

    private async Task PauseUntilAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested) await planted.DoAsync("collect", 1);
    }

    private async Task RunAndKillAsync(CaptureKind kind, int seconds, Func<bool> isTime, double whenPauseOverMs = 0)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [typeof(CaptureVictim).Assembly.Location, "-explicit", "only", "-method", $"{typeof(CaptureVictim).FullName}.{nameof(CaptureVictim.CaptureUntilKilled)}"];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        start.Environment[CaptureVictim.FolderVariable] = folder;
        start.Environment[CaptureVictim.TargetVariable] = planted.Pid.ToString(CultureInfo.InvariantCulture);
        start.Environment[CaptureVictim.SocketVariable] = planted.SocketPath;
        start.Environment[CaptureVictim.KindVariable] = kind.ToString();
        start.Environment[CaptureVictim.SecondsVariable] = seconds.ToString(CultureInfo.InvariantCulture);
        start.Environment[CaptureVictim.SiloVariable] = server.Address;
        start.Environment[CaptureVictim.PauseVariable] = whenPauseOverMs.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            while (!isTime())
            {
                Assert.False(process.HasExited, $"The victim ended by itself: {(process.HasExited ? await process.StandardOutput.ReadToEndAsync(limit.Token) : "")}");
                await Task.Delay(2, limit.Token);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>The next agent over the same folder: its result for the capture, after checking what must hold in every case.</summary>
    private async Task<CaptureResult> RestartAsync()
    {
        await using var rig = new DeskRig(server, folder) { Target = DeskRig.TargetOf(planted, new Version(10, 0, 12)) }.Run();
        Assert.Equal(["c-1#1"], rig.Desk.RunningCaptures);
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(0, rig.Started);
        Assert.All(rig.Sent.Results, other => Assert.Equal(result, other));
        await rig.Sent.UntilAsync(_ => !DeskRig.HasSession(planted.Pid), "the end of the dead agent's session in the target");
        rig.Desk.Accept(DeskRig.Order("after", CaptureKind.Trace, seconds: 1));
        Assert.Equal("", (await rig.Sent.ResultAsync("after")).Failure);
        return result;
    }
}
