using System.Runtime.CompilerServices;
using FleetProf.TestKit.Processes;

namespace FleetProf.Cli.Tests.Up;

/// <summary>Verbs that the silo's program carries out, as a user runs them.</summary>
public sealed class SiloProgramTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-silo-verbs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Backup_ThatFails_EndsWithTheCodeThatTheGuidesName()
    {
        var (code, said) = await FleetProfProcess.RunAsync("backup", Path.Combine(folder, "backup"), "--silo-folder", Path.Combine(folder, "silo"));

        Assert.True(code == ExitCode.Usage, $"{code}: {said}");
        Assert.Contains("There is no catalog in", said, StringComparison.Ordinal);
        Assert.Contains($"\nIt ends with {code} ", await ReadGuideAsync("install.md"), StringComparison.Ordinal);
        Assert.Contains($"it finds none, it ends with {code}.", await ReadGuideAsync("postgresql.md"), StringComparison.Ordinal);
    }

    private static Task<string> ReadGuideAsync(string name, [CallerFilePath] string here = "") =>
        File.ReadAllTextAsync(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "guides", name)));
}
