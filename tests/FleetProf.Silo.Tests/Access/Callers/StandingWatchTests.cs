using System.Diagnostics;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Tests.Gateway;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Silo.Tests.Access.Callers;

/// <summary>The watches as a silo runs them.</summary>
public sealed class StandingWatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>As on a share whose server is gone: who asks for a file there gets no answer.</summary>
    [Fact]
    public async Task Revoke_WhileTheAuthoritysFolderHangs_StillEndsTheStream()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var token = TestContext.Current.CancellationToken;
        await using var rig = await TlsRig.StartAsync(enrolment: options => options.StandingInterval = Interval);
        var agent = await rig.JoinAsync();
        await using var client = await rig.AttachAsync(agent);
        var watches = ActivatorUtilities.CreateInstance<StandingStart>(rig.Gateway.Services);
        await watches.StartAsync(token);
        var current = Path.Combine(rig.Authority.Folder, "current");
        File.Delete(current);
        using (var mkfifo = Process.Start("mkfifo", [current]))
        {
            await mkfifo.WaitForExitAsync(token);
        }

        // Open as soon as somebody reads there, who from then on waits for what does not come.
        var opening = Task.Run(() => new FileStream(current, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), token);
        await UntilAsync(rig, opening);
        await using var pipe = await opening;
        Assert.True(await rig.Enrolled.RevokeAsync(agent.AgentId, "ann", null));
        var ending = client.EndAsync();
        await UntilAsync(rig, ending);

        Assert.Equal(StatusCode.PermissionDenied, (await ending).StatusCode);
        await watches.StopAsync(token);
    }

    private static Task UntilAsync(TlsRig rig, Task task) => GatewayRig.UntilAsync(() => Task.FromResult(task.IsCompleted), () => rig.Clock.Advance(Interval));
}
