using System.Diagnostics;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Tests.Discovery.Identity;

[Trait("Ring", "process")]
public class PodNameTests
{
    private static readonly ControlGroup Group = new("", "11111111-2222-3333-4444-555555555555", 0, 0);

    [Fact]
    public async Task Pod_WithAHostNameOfItsOwn_IsCalledByIt() => Assert.Equal("shop-7f9c", await InPodAsync("--uts", ""));

    [Fact]
    public async Task Pod_OnTheHostsNetwork_IsNotCalledByTheNode()
    {
        Assert.SkipUnless(ControlGroup.PodUidOf(1).Length == 0, "these tests run inside a pod; whoever runs them on a host may remove this");
        Assert.Equal(Group.PodUid, await InPodAsync("--mount", ""));
    }

    [Fact]
    public async Task Pod_WhoseProcessNamesIt_IsCalledSo() => Assert.Equal("shop-1", await InPodAsync("--uts", "k8s.pod.name=shop-1"));

    [Fact]
    public void Process_OutsideOfPods_HasNone()
    {
        using var root = TargetRoot.Open(Environment.ProcessId);
        Assert.Equal("", PodName.Of(Environment.ProcessId, ResourceAttributes.Parse(null), Group with { PodUid = "" }, root));
    }

    /// <summary>Of a process that sees another /etc/hostname than we do, as a container does.</summary>
    private static async Task<string> InPodAsync(string space, string attributes)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("fp-pod-");
        var name = Path.Combine(folder.FullName, "hostname");
        await File.WriteAllTextAsync(name, "shop-7f9c\n", TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("unshare", ["--mount", space, "sh", "-c", $"mount --bind {name} /etc/hostname && echo there && exec cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            if (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is null)
                Assert.Skip("no namespaces here: " + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            using var root = TargetRoot.Open(process.Id);
            return PodName.Of(process.Id, ResourceAttributes.Parse(attributes), Group, root);
        }
        finally
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }
}
