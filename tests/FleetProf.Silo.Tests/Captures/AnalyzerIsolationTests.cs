using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures;
using FleetProf.Silo.Captures.Analyses;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>A hostile program in place of the analyzer, started as the analyzer is: what it can reach with isolation, and as the control without.</summary>
[Trait("Ring", "process")]
public sealed class AnalyzerIsolationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task HostileAnalyzer_InItsRoom_ReachesNoAddressNoFileAndNoProcess()
    {
        Assert.Equal(
            ["catalog: no", "data: no", "environ: no", "input: yes", "key: no", "mount: no", "network: no", "privileges: none", "signal: no", "system: no"],
            await RunAsync(AnalyzerIsolation.Auto, IsolationLevel.Room));
    }

    [Fact]
    public async Task HostileAnalyzer_WithoutIsolation_ReachesThemAll()
    {
        var reached = await RunAsync(AnalyzerIsolation.Off, IsolationLevel.Limits);

        Assert.Subset(reached.ToHashSet(), new HashSet<string> { "catalog: yes", "key: yes", "network: yes", "signal: yes", "input: yes" });
    }

    [Fact]
    public async Task Analyzer_KilledAtALimit_LeavesNothingOfItsRoom()
    {
        var (analyzer, silo) = Build(AnalyzerIsolation.Auto, "sleep 600 & exec sleep 600", TimeSpan.FromSeconds(1));
        await AssertLevelAsync(IsolationLevel.Room, silo);
        using var run = new AnalysisFolder(folder["killed"]);

        Assert.Equal(AnalyzerEnd.Overran, (await analyzer.RunAsync(CaptureKind.Trace, Input(), run, CancellationToken.None)).End);

        // Who is killed ends when it has its turn.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Directory.GetDirectories("/proc", "*").Where(path => int.TryParse(Path.GetFileName(path), out _)).Any(path => HasRoot(path, run.Temporary)))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [Fact]
    public async Task Analyzer_BurningCpuInItsRoom_IsToldAsALimit()
    {
        var (analyzer, silo) = Build(AnalyzerIsolation.Auto, "while :; do :; done", cpu: TimeSpan.FromSeconds(1));
        await AssertLevelAsync(IsolationLevel.Room, silo);
        using var run = new AnalysisFolder(folder["burning"]);

        var outcome = await analyzer.RunAsync(CaptureKind.Trace, Input(), run, CancellationToken.None);

        Assert.Equal(AnalyzerEnd.Overran, outcome.End);
        Assert.Contains("used more than 00:00:01 of CPU time", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("unshare", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_RequiredWhereTheHostAllowsLess_SaysSoAndRunsNothing()
    {
        var (analyzer, _) = Build(AnalyzerIsolation.Required, "exit 0", probe: "exit 9");
        using var run = new AnalysisFolder(folder["run"]);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => analyzer.RunAsync(CaptureKind.Trace, Input(), run, CancellationToken.None));

        Assert.Contains("allows Limits only", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OfTheRealAnalyzer_StartsItAsFarApartAsAnyProgram()
    {
        var silo = Options.Create(new SiloOptions { DataFolder = folder["data"] });
        using var probe = new IsolationProbe(new ArtifactStore(folder["data"]), silo, Options.Create(new CaptureOptions()), TimeProvider.System, NullLogger<IsolationProbe>.Instance);
        var (_, script) = Build(AnalyzerIsolation.Auto, "exit 0");

        // What the host allows to a script it allows to the real one: it must find its runtime and its assemblies there.
        Assert.Equal(await script.FoundAsync(CancellationToken.None), await probe.FoundAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("echo confined: Calls, Files", AnalyzerLayers.All)]
    [InlineData("echo confined: Calls; echo allowed: reading elsewhere", AnalyzerLayers.Calls)]
    [InlineData("echo confined: None", AnalyzerLayers.None)]
    [InlineData("echo confined: Everything", AnalyzerLayers.None)]
    [InlineData("echo nothing", AnalyzerLayers.None)]
    public async Task Probe_WhatTheAnalyzerFoundInForce_IsTheLayersOfTheIsolation(string answer, object layers)
    {
        var (_, probe) = Build(AnalyzerIsolation.Auto, "exit 0", probe: $"{answer}; exit 0");

        Assert.Equal(layers, (await probe.FoundAsync(CancellationToken.None)).Layers);
    }

    [Theory]
    [InlineData("exit 137")]
    [InlineData("exec sleep 600")]
    public async Task Probe_CutShortByABusyHost_LooksAgainAfterAWhile(string answer)
    {
        var clock = new FakeTimeProvider();
        var (_, probe) = Build(AnalyzerIsolation.Auto, "exit 0", probe: $"{WhileBusy} {answer}; {Answer}", clock: clock);
        await File.WriteAllTextAsync(folder["program/busy"], "");

        var busy = await AdvanceUntilAsync(probe.FoundAsync(CancellationToken.None), clock);
        File.Delete(folder["program/busy"]);
        var soon = await probe.FoundAsync(CancellationToken.None);
        clock.Advance(IsolationProbe.AgainAfter);
        var later = await probe.FoundAsync(CancellationToken.None);
        await File.WriteAllTextAsync(folder["program/busy"], "");
        clock.Advance(2 * IsolationProbe.AgainAfter);
        var last = await probe.FoundAsync(CancellationToken.None);

        Assert.Equal(new Isolation(IsolationLevel.Limits, AnalyzerLayers.None), busy);
        Assert.Equal(busy, soon);
        Assert.Equal(AnalyzerLayers.All, later.Layers);
        // As of a host that was never busy.
        var (_, never) = Build(AnalyzerIsolation.Auto, "exit 0");
        Assert.Equal(await never.FoundAsync(CancellationToken.None), later);
        Assert.Equal(later, last);
    }

    [Fact]
    public async Task Probe_KilledByTheKernel_LooksAgainAfterAWhile()
    {
        var clock = new FakeTimeProvider();
        var (_, probe) = Build(AnalyzerIsolation.Auto, "exit 0", probe: $"{WhileBusy} {OnlyApart} {{ ulimit -t 1; while :; do :; done; }}; {Answer}", clock: clock);
        await File.WriteAllTextAsync(folder["program/busy"], "");
        var killed = await probe.FoundAsync(CancellationToken.None);

        File.Delete(folder["program/busy"]);
        clock.Advance(IsolationProbe.AgainAfter);

        Assert.Equal(new Isolation(IsolationLevel.Limits, AnalyzerLayers.All), killed);
        await AssertLevelAsync(IsolationLevel.Room, probe);
    }

    [Fact]
    public async Task Probe_RefusedByTheHost_LooksNoMore()
    {
        var clock = new FakeTimeProvider();
        var (_, probe) = Build(AnalyzerIsolation.Auto, "exit 0", probe: $"{WhileBusy} exit 9; {Answer}", clock: clock);
        await File.WriteAllTextAsync(folder["program/busy"], "");
        var refused = await probe.FoundAsync(CancellationToken.None);

        File.Delete(folder["program/busy"]);
        clock.Advance(2 * IsolationProbe.AgainAfter);

        Assert.Equal(new Isolation(IsolationLevel.Limits, AnalyzerLayers.None), refused);
        Assert.Equal(refused, await probe.FoundAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Probe_SwitchedOff_ConfinesNothing()
    {
        var (analyzer, _) = Build(AnalyzerIsolation.Off, "echo $FLEETPROF_ANALYZER_CONFINEMENT > \"$output/said\"");
        using var run = new AnalysisFolder(folder["run"]);

        await analyzer.RunAsync(CaptureKind.Trace, Input(), run, CancellationToken.None);

        Assert.Equal("off\n", await File.ReadAllTextAsync(Path.Combine(run.Output, "said"), CancellationToken.None));
    }

    public void Dispose() => folder.Dispose();

    private async Task<IReadOnlyList<string>> RunAsync(AnalyzerIsolation isolation, IsolationLevel expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(folder["data/catalog.db"], "SECRET");
        await File.WriteAllTextAsync(folder["data/artifact.key"], "SECRET");
        var (analyzer, probe) = Build(isolation, Hostile(((IPEndPoint)listener.LocalEndpoint).Port));
        await AssertLevelAsync(expected, probe);
        using var run = new ArtifactStore(folder["data"]).CreateAnalysisFolder("hostile-1");

        var outcome = await analyzer.RunAsync(CaptureKind.Trace, Input(), run, CancellationToken.None);

        Assert.Equal((AnalyzerEnd.Done, null), (outcome.End, outcome.Detail));
        return [.. (await File.ReadAllLinesAsync(Path.Combine(run.Output, "said"))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether namespaces are allowed is asked of util-linux, not of the probe that is under test.</summary>
    private static async Task AssertLevelAsync(IsolationLevel expected, IsolationProbe probe)
    {
        if (expected == IsolationLevel.Room)
        {
            using var oracle = Process.Start("unshare", ["--user", "--map-root-user", "--net", "--mount", "--ipc", "--uts", "--pid", "--fork", "mount", "-t", "tmpfs", "none", "/tmp"]);
            await oracle.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(oracle.ExitCode == 0, "User namespaces are forbidden here; whoever allows them may remove this.");
        }

        Assert.Equal(expected, await probe.LevelAsync(CancellationToken.None));
    }

    private string Hostile(int port) => $$"""
        say() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name: yes"; else echo "$name: no"; fi >> "$output/said"; }
        say input grep -q Nettrace "$input"
        say network bash -c 'exec 5<>/dev/tcp/127.0.0.1/{{port}}'
        say catalog grep -q SECRET '{{folder["data/catalog.db"]}}'
        say key grep -q SECRET '{{folder["data/artifact.key"]}}'
        say data ls '{{folder["data/artifacts"]}}'
        say environ cat /proc/{{Environment.ProcessId}}/environ
        say signal kill -0 {{Environment.ProcessId}}
        {{OnlyApart}} say system touch /usr/fleetprof-was-here
        {{OnlyApart}} say mount mount -t tmpfs none /tmp
        echo "privileges: $(grep -q 'NoNewPrivs:.*1' /proc/self/status && grep -q 'CapEff:.*0000000000000000' /proc/self/status && echo none)" >> "$output/said"
        exit 0
        """;

    /// <summary>The control changes nothing on the host of the tests: apart, the program is process 1.</summary>
    private const string OnlyApart = "[ $$ = 1 ] &&";

    /// <summary>A file beside the program, which is seen from its room as well.</summary>
    private const string WhileBusy = "[ -e \"${0%/*}/busy\" ] &&";

    private const string Answer = "echo confined: Calls, Files; exit 0";

    private string Input()
    {
        File.WriteAllText(folder["original.nettrace"], "Nettrace");
        return folder["original.nettrace"];
    }

    /// <summary>The time that a probe waits for its levels passes while they start.</summary>
    private static async Task<Isolation> AdvanceUntilAsync(Task<Isolation> probing, FakeTimeProvider clock)
    {
        while (await Task.WhenAny(probing, Task.Delay(20)) != probing)
        {
            clock.Advance(IsolationProbe.Patience);
        }

        return await probing;
    }

    private (AnalyzerProcess Analyzer, IsolationProbe Probe) Build(AnalyzerIsolation isolation, string script, TimeSpan? wall = null, string probe = Answer, TimeProvider? clock = null, TimeSpan? cpu = null)
    {
        Directory.CreateDirectory(folder["program"]);
        var path = folder["program/analyzer.sh"];
        File.WriteAllText(path, $"""
            #!/bin/sh
            if [ "$1" = probe ]; then {probe}; fi
            while [ $# -gt 0 ]; do [ "$1" = --output ] && output=$2; [ "$1" = --input ] && input=$2; shift; done
            {script}
            """);
        AnalyzerProcessTests.MakeExecutable(path);
        var silo = Options.Create(new SiloOptions { AnalyzerPath = path, DataFolder = folder["data"] });
        var captures = Options.Create(new CaptureOptions { AnalyzerIsolation = isolation, AnalyzerWallTime = wall ?? TimeSpan.FromMinutes(1), AnalyzerCpuTime = cpu ?? TimeSpan.FromMinutes(3) });
        var found = new IsolationProbe(new ArtifactStore(folder["data"]), silo, captures, clock ?? TimeProvider.System, NullLogger<IsolationProbe>.Instance);
        return (new AnalyzerProcess(found, silo, captures, TimeProvider.System), found);
    }

    /// <summary>Whether the process works in the folder of the run; of what is not ours nothing can be said.</summary>
    private static bool HasRoot(string process, string folder)
    {
        try
        {
            return Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), false)?.FullName == folder;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
