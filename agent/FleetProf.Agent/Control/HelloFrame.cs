using System.Reflection;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>How the agent introduces itself.</summary>
internal sealed class HelloFrame(AgentIdentity identity, HostIdentity host, AgentOptions options, CaptureDesk desk, TimeProvider time)
{
    private const uint ProtocolVersion = 1;
    private static readonly string Version = typeof(HelloFrame).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
    private readonly string nonce = Guid.NewGuid().ToString("N");

    public AgentFrame Create()
    {
        var hello = new Hello
        {
            AgentId = identity.AgentId,
            AgentSecret = identity.Secret,
            ProcessNonce = nonce,
            ProtocolVersion = ProtocolVersion,
            AgentVersion = Version,
            HostName = host.Name,
            HostId = host.Id,
            ClockUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        hello.Capabilities.Add(["trace", "alloc", "gcdump", "gc", "goroutines", "pause-trigger"]);
        foreach (var (name, value) in options.Labels) hello.Labels[CleanText.Of(name)] = CleanText.Of(value);
        hello.RunningCaptures.Add(desk.RunningCaptures);
        hello.ArmedCaptures.Add(desk.ArmedCaptures);
        return new AgentFrame { Hello = hello };
    }
}
