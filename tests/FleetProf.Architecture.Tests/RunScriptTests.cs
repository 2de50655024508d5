using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FleetProf.Architecture.Tests;

/// <summary>tests/run.sh on a machine that lacks what the tests need: what it installs is said before, and what it sets for that is set back.</summary>
public sealed class RunScriptTests : IDisposable
{
    private static readonly Dictionary<string, string> Listed = new(StringComparer.Ordinal)
    {
        ["chromium"] = "Chromium", ["golang-go"] = "Go ", ["golang-github-masterminds-sprig-dev"] = "two of its libraries", ["golang-gopkg-yaml.v3-dev"] = "two of its libraries",
        ["postgresql"] = "PostgreSQL", ["python3-swift"] = "Swift", ["iptables"] = "iptables", ["gcc"] = "a C compiler", ["libc6-dev"] = "a C compiler",
    };

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Packages_ThatTheTestsInstall_AreListedWhereTheReadmeSaysSo()
    {
        var list = Assert.Single(File.ReadLines(Path.Combine(Repository.Root, "CONTRIBUTING.md")), line => line.Contains("installs what the tests need (", StringComparison.Ordinal));
        var packages = Regex.Matches(Repository.Read("tests/run.sh"), @"missing=""\$missing ([^""]+)""").SelectMany(match => match.Groups[1].Value.Split(' ')).ToList();

        Assert.Contains("`tests/run.sh` installs what the tests need ([CONTRIBUTING](CONTRIBUTING.md) lists it)", Repository.Read("README.md"), StringComparison.Ordinal);
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.Contains(Listed[package], list, StringComparison.Ordinal));
    }

    /// <summary>The package would make and start a cluster for the machine; where somebody installs one later, that shall be so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Postgres_ThatTheTestsInstall_GetsNoClusterAndLeavesTheMachinesSettingsAsTheyWere(bool hasSettings)
    {
        const string Own = "start_conf = 'manual'\n";
        var settings = Path.Combine(folder, "postgresql-common", "createcluster.conf");
        var installing = Regex.Match(Repository.Read("tests/run.sh"), "^if \\[ -n \"\\$missing\" \\].*?^fi$", RegexOptions.Multiline | RegexOptions.Singleline).Value
            .Replace("/etc/postgresql-common", Path.Combine(folder, "postgresql-common"), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        await WriteAsync("bin/apt-get", $"#!/bin/sh\n[ \"$1\" = update ] || cp {settings} {folder}/seen\n");
        await WriteAsync("bin/sudo", "#!/bin/sh\nshift\nexec \"$@\"\n");
        if (hasSettings)
        {
            Directory.CreateDirectory(Path.Combine(folder, "postgresql-common"));
            await WriteAsync("postgresql-common/createcluster.conf", Own);
        }

        var script = $"chmod +x bin/*; PATH=\"$PWD/bin:$PATH\"; missing=' postgresql'\n{installing}";
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("installing postgresql\n", said);
        Assert.Equal(hasSettings ? Own : "create_main_cluster = false\n", await File.ReadAllTextAsync(Path.Combine(folder, "seen"), TestContext.Current.CancellationToken));
        Assert.Equal(hasSettings, File.Exists(settings));
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);
}
