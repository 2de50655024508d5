using System.Diagnostics;

namespace FleetProf.Architecture.Tests;

/// <summary>What a guide has its reader do is enough for what comes next in it.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-guide-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Without the first setting hosts join and are sent to a port that refuses them; without the second no token is made.</summary>
    [Fact]
    public void Install_BeforeATokenIsMade_OpensTheSiloAsJoiningSays()
    {
        var guide = Repository.Read("docs/guides/install.md");
        var agents = guide[guide.IndexOf("\n## Agents\n", StringComparison.Ordinal)..guide.IndexOf("\n## Kubernetes\n", StringComparison.Ordinal)];
        var settings = Assert.Single(Blocks("joining.md"), block => block.Contains("FleetProf__Enrolment__Listen=", StringComparison.Ordinal));

        var opened = agents.IndexOf(settings, StringComparison.Ordinal);
        var restarted = agents.IndexOf("`systemctl restart fleetprof-silo`", StringComparison.Ordinal);

        Assert.Contains("FleetProf__Silo__AgentListen=0.0.0.0:7443\n", settings, StringComparison.Ordinal);
        Assert.InRange(opened, 0, restarted);
        Assert.InRange(restarted, opened, agents.IndexOf("agent token create", StringComparison.Ordinal));
    }

    /// <summary>It is what guides and the agent's log say when a host must join again.</summary>
    [Fact]
    public void Install_HostOfAnAgent_HasTheProgramThatJoins() =>
        Assert.Contains(
            "\nln -sf /opt/fleetprof/fleetprof /usr/local/bin/fleetprof\n",
            Assert.Single(Blocks("install.md"), block => block.Contains("enable --now fleetprof-agent", StringComparison.Ordinal)),
            StringComparison.Ordinal);

    /// <summary>Its folders are closed to everybody but who makes them.</summary>
    [Fact]
    public void ScaleOut_AuthorityThatRootMakes_IsGivenToTheSilosUser()
    {
        var block = Assert.Single(Blocks("scale-out.md"), block => block.Contains("fleetprof ca cluster --authority /srv/fleetprof/authority ", StringComparison.Ordinal));

        Assert.EndsWith("\nchown -R fleetprof: /srv/fleetprof\n", block, StringComparison.Ordinal);
        Assert.Contains("\nUser=fleetprof\n", Repository.Read("silo/systemd/fleetprof-silo.service"), StringComparison.Ordinal);
    }

    /// <summary>A silo cannot make it where the setting of the guide has it, and of a key that is written over every recording is lost.</summary>
    [Fact]
    public async Task Storage_ArtifactKeyThatABucketNeeds_IsMadeOnceByTheCommandOfTheGuide()
    {
        var block = Assert.Single(Blocks("storage.md"), block => block.EndsWith("\nchown fleetprof: /etc/fleetprof/artifact.key /etc/fleetprof/s3.key\n", StringComparison.Ordinal));
        var (make, file) = (block.Trim().Split('\n')[0].Replace("/etc/fleetprof", folder, StringComparison.Ordinal), Path.Combine(folder, "artifact.key"));

        var first = await RunAsync(make);
        var key = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var second = await RunAsync(make);

        Assert.Equal((0, false), (first, second == 0));
        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.Equal(key, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    /// <summary>Every second part is a block of commands or settings.</summary>
    private static IEnumerable<string> Blocks(string guide) => Repository.Read($"docs/guides/{guide}").Split("```").Where((_, part) => part % 2 == 1);

    private static async Task<int> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]))!;
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return shell.ExitCode;
    }
}
