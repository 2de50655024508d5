using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>
/// The pod that a process is in, as people know it. Kubernetes gives a pod its own name as host name, except to one on the host's network,
/// which has the host's. Source: uts_namespaces(7); Kubernetes' API reference, hostNetwork.
/// </summary>
internal static class PodName
{
    /// <summary>What the process says itself, else its pod's name, else the pod's id; empty outside of pods.</summary>
    public static string Of(int pid, ResourceAttributes attributes, ControlGroup group, TargetRoot? root)
    {
        if ((attributes["k8s.pod.name"] ?? attributes["k8s.pod.uid"]) is { } named) return named;
        if (group.PodUid.Length == 0 || root is null or { IsOurs: true } || HasNameOfHost(pid)) return group.PodUid;
        using var file = root.OpenFile("/etc/hostname", 256);
        if (file is null) return group.PodUid;
        using var reader = new StreamReader(file);
        return CleanText.Of(reader.ReadLine()) is { Length: > 0 } name ? name : group.PodUid;
    }

    // The first process that we see is the host's, or the pod's where the agent is in it and sees no other. Where it may not be looked into, an agent on the host knows by itself.
    private static bool HasNameOfHost(int pid) =>
        LinuxFile.LinkTarget($"/proc/{pid}/ns/uts") is { } space && space == (LinuxFile.LinkTarget("/proc/1/ns/uts") ?? LinuxFile.LinkTarget("/proc/self/ns/uts")) && ControlGroup.PodUidOf(1).Length == 0;
}
