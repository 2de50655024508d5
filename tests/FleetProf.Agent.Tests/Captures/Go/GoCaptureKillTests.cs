using System.Diagnostics;
using System.Globalization;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Collectors.Go;
using FleetProf.Agent.Tests.Upload;
using FleetProf.AgentProtocol;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Captures.Go;

/// <summary>kill -9 of an agent that waits for a profile of a Go program.</summary>
[Trait("Ring", "process")]
public sealed class GoCaptureKillTests(GoProbeProgram built) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-victim-");

    [Fact]
    public async Task Kill_WhileTheProgramProfiles_IsLostNotRepeatedAndLeavesTheProfilerFree()
    {
        await using var server = await UploadServer.StartAsync();
        await using var probe = await GoProbeProcess.StartAsync(await built.CopyAsync(folder.FullName), Path.Combine(folder.FullName, "probe.err"), hasPprof: true);
        await RunAndKillAsync(probe, server);

        await using var rig = new DeskRig(server, folder.FullName) { Target = DeskRig.GoTargetOf(probe.Pid, probe.PprofPort) }.Run();
        rig.Desk.Accept(DeskRig.Order("c-1", CaptureKind.Trace));
        var result = await rig.Sent.ResultAsync("c-1");
        Assert.Equal(("AgentLost", "", 0), (result.Failure, result.Sha256, rig.Started));
        // The program notices the end of the dead agent's connection a moment later.
        for (var i = 0; i < 10; i++)
        {
            rig.Desk.Accept(DeskRig.Order($"after-{i}", CaptureKind.Trace, seconds: 1));
            result = await rig.Sent.ResultAsync($"after-{i}");
            if (result.Failure.Length == 0) break;
        }
        Assert.Equal("", result.Failure);
        Assert.True(server.Received.Complete.ContainsKey(result.Sha256));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task RunAndKillAsync(GoProbeProcess probe, UploadServer server)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CaptureVictim).Assembly.Location, "-explicit", "only", "-method", $"{typeof(CaptureVictim).FullName}.{nameof(CaptureVictim.CaptureUntilKilled)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[CaptureVictim.FolderVariable] = folder.FullName;
        start.Environment[CaptureVictim.TargetVariable] = probe.Pid.ToString(CultureInfo.InvariantCulture);
        start.Environment[CaptureVictim.PortVariable] = probe.PprofPort.ToString(CultureInfo.InvariantCulture);
        start.Environment[CaptureVictim.KindVariable] = nameof(CaptureKind.Trace);
        start.Environment[CaptureVictim.SecondsVariable] = "50";
        start.Environment[CaptureVictim.SiloVariable] = server.Address;
        start.Environment[CaptureVictim.PauseVariable] = "0";
        using var victim = Process.Start(start)!;
        try
        {
            await probe.UntilAskedAsync();
        }
        finally
        {
            victim.Kill();
            await victim.WaitForExitAsync();
        }
    }
}
