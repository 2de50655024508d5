using FleetProf.Agent.Budgets;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Control;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.Agent.Tests.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Agent.Tests.Captures;

public sealed class CaptureSetupTests
{
    [Theory]
    [InlineData(601u, 1L, "maxDurationSeconds")]
    [InlineData(1u, 2_000_000_001L, "maxBytes")]
    public void Desk_AsComposed_ObeysThePolicysLimitsOfOneCapture(uint seconds, long bytes, string rule)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IControlOutput>(new SentFrames());
        services.AddSingleton(new InstanceDirectory());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new LocalPolicy());
        services.AddSingleton(new VitalsCollector(new CollectedVitals(), TimeProvider.System, new Random(1)));
        using var provider = services.AddCaptures().BuildServiceProvider();
        var seams = provider.GetRequiredService<CaptureDeskSeams>();
        Assert.Contains(rule, seams.Refuse(DeskRig.Order("c-1", CaptureKind.Trace, seconds, maxBytes: bytes), "checkout"), StringComparison.Ordinal);
        Assert.Null(seams.Refuse(DeskRig.Order("c-1", CaptureKind.Trace, 600, maxBytes: 2_000_000_000), "checkout"));
    }
}
