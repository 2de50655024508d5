namespace FleetProf.Contracts.Access.Cluster;

/// <summary>What a process is inside the cluster; its certificate says it.</summary>
public enum ClusterRole
{
    Silo,
    Portal,
}
