using System.Diagnostics;

namespace FleetProf.Architecture.Tests;

/// <summary>Commands of docs/guides/install.md as they stand there, run beside a kubectl that is none.</summary>
public sealed class InstallGuideTests : IDisposable
{
    /// <summary>The secret is a file, and while there is a file "away" the portal does not answer.</summary>
    private const string Kubectl =
        """
        kubectl() {
          case "$*" in
            *" exec "*) [ -e away ] && return 1; echo invitation ;;
            *" create "*) cat join.json ;;
            *) cat > secret ;;
          esac
        }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-guide-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true, "of last week")]
    [InlineData(false, "invitation\n")]
    public async Task WeeklyInvitation_PortalIsAwayOrNot_ReplacesTheSecretOnlyWithWhatWasMade(bool isAway, string secret)
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "guides", "install.md"), TestContext.Current.CancellationToken);
        // Every second part is a block of commands.
        var job = guide.Split("```").Where((_, part) => part % 2 == 1).Single(block => block.Contains(" --for 30d ", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(folder, "secret"), "of last week", TestContext.Current.CancellationToken);
        if (isAway)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "away"), "", TestContext.Current.CancellationToken);
        }

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", Kubectl + job]) { WorkingDirectory = folder })!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(isAway, shell.ExitCode != 0);
        Assert.Equal(secret, await File.ReadAllTextAsync(Path.Combine(folder, "secret"), TestContext.Current.CancellationToken));
    }
}
