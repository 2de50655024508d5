using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Storage;
using FleetProf.Silo.Captures.Artifacts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>The real analyzer under the real limits.</summary>
[Trait("Ring", "process")]
public sealed class AnalyzerProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Run_NoNettrace_IsUnreadableWithAReason(int bytes)
    {
        await File.WriteAllBytesAsync(folder["original.nettrace"], CaptureRig.Content(bytes));
        using var run = new AnalysisFolder(folder["run"]);

        var outcome = await Analyzer().RunAsync(CaptureKind.Trace, folder["original.nettrace"], run, CancellationToken.None);

        Assert.Equal(AnalyzerEnd.Unreadable, outcome.End);
        Assert.NotEqual("", outcome.Detail);
    }

    [Fact]
    public async Task Run_HeapLimitTooSmallForTheRuntime_IsNoSuccess()
    {
        await File.WriteAllBytesAsync(folder["original.nettrace"], CaptureRig.Content(100));
        using var run = new AnalysisFolder(folder["run"]);

        var outcome = await Analyzer(new CaptureOptions { AnalyzerHeapBytes = 4_096 }).RunAsync(CaptureKind.Trace, folder["original.nettrace"], run, CancellationToken.None);

        Assert.True(outcome.End is AnalyzerEnd.Crashed or AnalyzerEnd.Overran, outcome.ToString());
    }

    [Fact]
    public async Task Run_Cancelled_LeavesNoProcessBehind()
    {
        var script = folder["analyzer.sh"];
        await File.WriteAllTextAsync(script, $"#!/bin/sh\necho $$ > '{folder["pid"]}'\nexec sleep 600\n");
        MakeExecutable(script);
        using var cancellation = new CancellationTokenSource();
        using var run = new AnalysisFolder(folder["run"]);
        var running = Analyzer(path: script).RunAsync(CaptureKind.Trace, script, run, cancellation.Token);
        await UntilAsync(() => File.Exists(folder["pid"]) && File.ReadAllText(folder["pid"]).EndsWith('\n'));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists($"/proc/{(await File.ReadAllTextAsync(folder["pid"])).Trim()}"));
    }

    [Fact]
    public void Find_DllOrExecutable_IsStartedRight()
    {
        Assert.EndsWith("FleetProf.Analyzer.dll", AnalyzerCommand.Find(null)[^1], StringComparison.Ordinal);
        Assert.Equal([Path.GetFullPath("/x/analyzer")], AnalyzerCommand.Find("/x/analyzer"));
    }

    public void Dispose() => folder.Dispose();

    internal static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private AnalyzerProcess Analyzer(CaptureOptions? options = null, string? path = null)
    {
        var silo = Options.Create(new SiloOptions { AnalyzerPath = path, DataFolder = folder["data"] });
        var captures = Options.Create(options ?? new CaptureOptions { AnalyzerIsolation = path is null ? AnalyzerIsolation.Auto : AnalyzerIsolation.Off });
        return new(new IsolationProbe(new ArtifactStore(folder["data"]), silo, captures, TimeProvider.System, NullLogger<IsolationProbe>.Instance), silo, captures, TimeProvider.System);
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
