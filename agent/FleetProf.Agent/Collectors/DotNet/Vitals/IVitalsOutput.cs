using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>Takes what the collector measures. Called from several threads, never while a lock of the collector is held; must return quickly.</summary>
public interface IVitalsOutput
{
    /// <summary>Finished windows, of one instance in the order of time. They are given once: keep them.</summary>
    void OnWindows(IReadOnlyList<VitalsWindow> windows);

    /// <summary>The running windows of the instances where something happened since the last time, every half second at most.</summary>
    void OnPreviews(IReadOnlyList<VitalsWindow> previews);

    /// <summary>Why an instance's vitals stopped, with a sentence on it; <see cref="InstanceProblem.None"/> when they flow (again). Only changes are told.</summary>
    void OnProblem(string instanceId, InstanceProblem problem, string detail);
}
