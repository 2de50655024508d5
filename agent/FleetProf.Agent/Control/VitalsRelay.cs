using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>Takes what the collector measures to where it is kept or shown.</summary>
internal sealed class VitalsRelay(InstanceDirectory directory) : IVitalsOutput
{
    public void OnWindows(IReadOnlyList<VitalsWindow> windows)
    {
    }

    public void OnPreviews(IReadOnlyList<VitalsWindow> previews)
    {
    }

    public void OnProblem(string instanceId, InstanceProblem problem, string detail) => directory.SetSessionProblem(instanceId, problem, detail);
}
