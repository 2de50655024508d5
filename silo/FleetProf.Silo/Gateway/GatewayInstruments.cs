using System.Diagnostics.Metrics;
using FleetProf.AgentProtocol;

namespace FleetProf.Silo.Gateway;

/// <summary>Metrics of the agent gateway: fleetprof.gateway.*.</summary>
internal static class GatewayInstruments
{
    private static readonly Meter Meter = new("FleetProf.Gateway");

    private static readonly UpDownCounter<long> Sessions = Meter.CreateUpDownCounter<long>("fleetprof.gateway.sessions", "{session}", "Agents that are attached here.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("fleetprof.gateway.refusals", "{session}", "Refused sessions by reason.");

    private static readonly Counter<long> Connections =
        Meter.CreateCounter<long>("fleetprof.gateway.connections", "{connection}", "Connections to the agent port before TLS, and whether they were let go on to it.");

    private static readonly Counter<long> HostConnections =
        Meter.CreateCounter<long>("fleetprof.gateway.enrolment.connections", "{connection}", "Connections to the enrolment port before TLS, and whether they were let go on to it.");

    private static readonly Counter<long> Frames = Meter.CreateCounter<long>("fleetprof.gateway.frames", "{frame}", "Frames from agents by kind.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("fleetprof.gateway.frame.failures", "{failure}", "Failed tries to handle a frame, by kind.");

    private static readonly Counter<long> Orders = Meter.CreateCounter<long>("fleetprof.gateway.orders", "{order}", "Orders to agents by kind, and whether the session was there.");

    private static readonly Counter<long> Waits = Meter.CreateCounter<long>("fleetprof.gateway.quota.waits", "{frame}", "Frames after which an agent was held back because it sends more than its quota.");

    private static readonly Counter<long> UploadRefusals =
        Meter.CreateCounter<long>("fleetprof.gateway.upload.refusals", "{upload}", "Uploads, or calls about them, that were to come later, because there are too many: of the same agent, or of all.");

    public static void HeldBack() => Waits.Add(1);

    public static void UploadRefused(bool isAgents) => UploadRefusals.Add(1, new KeyValuePair<string, object?>("limit", isAgents ? "agent" : "all"));

    public static void SessionsChanged(int change) => Sessions.Add(change);

    public static void Refused(Refusal.Types.Reason reason) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void Connected(bool isLetIn) => Connections.Add(1, new KeyValuePair<string, object?>("admitted", isLetIn));

    public static void HostConnected(bool isLetIn) => HostConnections.Add(1, new KeyValuePair<string, object?>("admitted", isLetIn));

    public static void Received(AgentFrame.BodyOneofCase kind) => Frames.Add(1, new KeyValuePair<string, object?>("kind", kind.ToString()));

    public static void Failed(string kind) => Failures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public static void Ordered(string kind, bool isSent) =>
        Orders.Add(1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("sent", isSent));
}
