using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetProf.Agent.Tests.Captures;

public sealed class CaptureSetupTests
{
    [Theory]
    [InlineData(601u, 1L, "maxDurationSeconds")]
    [InlineData(1u, 2_000_000_001L, "maxBytes")]
    public void Desk_AsComposed_ObeysThePolicysLimitsOfOneCapture(uint seconds, long bytes, string rule)
    {
        using var provider = Compose(new LocalPolicy());
        var seams = provider.GetRequiredService<CaptureDeskSeams>();
        Assert.Contains(rule, seams.Refuse(DeskRig.Order("c-1", CaptureKind.Trace, seconds, maxBytes: bytes), "checkout"), StringComparison.Ordinal);
        Assert.Null(seams.Refuse(DeskRig.Order("c-1", CaptureKind.Trace, 600, maxBytes: 2_000_000_000), "checkout"));
    }

    [Fact]
    public void Desk_AsComposed_ObeysThePolicysLimitOfAStop()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{ "maxStallSeconds": 60 }""");
            using var provider = Compose(new LocalPolicy(file, null, TimeProvider.System, NullLogger<LocalPolicy>.Instance));
            var seams = provider.GetRequiredService<CaptureDeskSeams>();
            Assert.Contains("maxStallSeconds", seams.RefuseStall(4_000_000_000, "checkout"), StringComparison.Ordinal);
            Assert.Null(seams.RefuseStall(3_000_000_000, "checkout"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Desk_AsComposed_HearsOfAPolicyThatChangesWhileACaptureWaits()
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-policy-");
        try
        {
            var file = Path.Combine(folder.FullName, "policy.json");
            File.WriteAllText(file, "{}");
            using var provider = Compose(new LocalPolicy(file, null, TimeProvider.System, NullLogger<LocalPolicy>.Instance));
            var seams = provider.GetRequiredService<CaptureDeskSeams>();
            Assert.Null(seams.Forbid(CaptureKind.Gc, "checkout"));
            File.WriteAllText(file, """{ "denyServices": ["checkout"] }""");
            Assert.Contains("denyServices", seams.Forbid(CaptureKind.Gc, "checkout"), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ServiceProvider Compose(LocalPolicy policy)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IControlOutput>(new SentFrames());
        services.AddSingleton(new InstanceDirectory());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(policy);
        services.AddSingleton(new VitalsCollector(new CollectedVitals(), TimeProvider.System, new Random(1)));
        return services.AddCaptures().BuildServiceProvider();
    }
}
