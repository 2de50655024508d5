using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>Takes what the collector measures to where it is kept (finished windows), shown (previews) or told (problems).</summary>
internal sealed class VitalsRelay(VitalsSpool spool, ControlOutbox outbox, InstanceDirectory directory, LivedTime lived) : IVitalsOutput
{
    public void OnWindows(IReadOnlyList<VitalsWindow> windows)
    {
        // Before they are kept: an agent that is killed in between has lived that time.
        lived.Remember(windows);
        lived.SetApart(windows);
        spool.Append(windows);
    }

    public void OnPreviews(IReadOnlyList<VitalsWindow> previews)
    {
        lived.SetApart(previews);
        outbox.Show(previews);
    }

    public void OnProblem(string instanceId, InstanceProblem problem, string detail) => directory.SetSessionProblem(instanceId, problem, detail);
}
