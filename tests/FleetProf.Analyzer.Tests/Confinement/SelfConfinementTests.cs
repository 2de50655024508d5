using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Confinement;

/// <summary>The real analyzer tries what one that was taken over would, after it confined itself and, as the control, without.</summary>
[Trait("Ring", "process")]
public sealed class SelfConfinementTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-confined-");

    [Fact]
    public async Task Probe_OfTheRealAnalyzer_FindsEverythingRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && HasLandlock(), "This kernel has no landlock.");

        var (exitCode, output, error) = await AnalyzerProcess.RunAsync("probe");

        Assert.Equal((0, "confined: Calls, Files\n", ""), (exitCode, output, error));
    }

    [Fact]
    public async Task Probe_WithoutConfinement_FindsAllOfItAllowed()
    {
        var (exitCode, output, _) = await AnalyzerProcess.RunAsync("off", ["probe"]);

        Assert.Equal(0, exitCode);
        Assert.Equal(
            ["a thread without the filter", "clone", "execve", "fcntl", "io_uring_setup", "ioctl", "kill", "mount", "open_by_handle_at", "process_vm_readv", "ptrace", "reading elsewhere",
                "reading elsewhere, by a thread of the runtime", "setuid", "socket", "tgkill", "unshare", "writing elsewhere"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line["allowed: ".Length..]).Order(StringComparer.Ordinal));
        Assert.StartsWith("confined: None\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_InputThatIsALinkAndOutputInANewFolder_ReadsAndWritesJustThose()
    {
        var log = Path.Combine(folder.FullName, "gc.log");
        await File.WriteAllTextAsync(log, "gc 1 @0.012s 2%: 0.015+0.29+0.003 ms clock, 0.12+0.10/0.30/0.50+0.024 ms cpu, 4->4->0 MB, 5 MB goal, 8 P\n", TestContext.Current.CancellationToken);
        var link = File.CreateSymbolicLink(Path.Combine(folder.CreateSubdirectory("elsewhere").FullName, "link.log"), log);
        var output = Path.Combine(folder.FullName, "new", "results");

        var (exitCode, _, error) = await AnalyzerProcess.RunAsync("analyze", "--input", link.FullName, "--output", output);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.True(File.Exists(Path.Combine(output, "summary.json")));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static bool HasLandlock() => File.Exists("/sys/kernel/security/lsm")
        ? File.ReadAllText("/sys/kernel/security/lsm").Contains("landlock", StringComparison.Ordinal)
        : Environment.OSVersion.Version >= new Version(5, 13);
}
